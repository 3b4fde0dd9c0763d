import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { useConditionText } from '../customers/conditions'
import { type ProfileFilter, SegmentDeleteDocument, SegmentsDocument, type SegmentsQuery, ShopNamesDocument } from '../gql/graphql'
import { writeFilter } from '../lib/filter'
import { fromInput } from '../lib/filterBack'
import { Confirm, toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import css from './Campaigns.module.css'
import { CampaignParts } from './parts'
import { RenameSegment } from './RenameSegment'

const ExportDialog = lazy(() => import('../customers/ExportDialog'))

type Segment = SegmentsQuery['segments'][number]

/** Saved filters, each with how many people are in it now. */
export default function Segments() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: SegmentsDocument, requestPolicy: 'cache-and-network' })
  const [deleting, setDeleting] = useState<Segment | null>(null)
  const [renaming, setRenaming] = useState<Segment | null>(null)
  const [exporting, setExporting] = useState<Segment | null>(null)
  const [, remove] = useMutation(SegmentDeleteDocument)
  const reload = () => ask({ requestPolicy: 'network-only' })
  return (
    <Page title={t`Segments`}>
      <CampaignParts />
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton />)}
      {data?.segments.length === 0 && (
        <Empty
          title={<Trans>No segments yet</Trans>}
          action={
            <Button component={Link} href="/customers">
              <Trans>Filter customers</Trans>
            </Button>
          }
        >
          <Trans>A segment is a saved filter. Filter the list of customers and save the filter there.</Trans>
        </Empty>
      )}
      {data && data.segments.length > 0 && (
        <ul className={css.rows} aria-label={t`List of segments`}>
          {data.segments.map((s) => (
            <Row key={s.id} segment={s} rename={() => setRenaming(s)} takeOut={() => setExporting(s)} remove={() => setDeleting(s)} />
          ))}
        </ul>
      )}
      {renaming && <RenameSegment segment={renaming} close={() => setRenaming(null)} done={reload} />}
      {exporting && (
        <Suspense>
          <ExportDialog filter={exporting.filter as ProfileFilter} asSegment close={() => setExporting(null)} />
        </Suspense>
      )}
      {deleting && (
        <Confirm
          title={t`Delete ${deleting.name}?`}
          verb={<Trans>Delete</Trans>}
          close={() => setDeleting(null)}
          act={async () => {
            const answer = await remove({ id: deleting.id })
            if (toldRefusal(answer.data?.segmentDelete, answer.error)) return
            tell(<Trans>{deleting.name} is deleted.</Trans>)
            reload()
          }}
        >
          <p>
            <Trans>The people stay; only the saved filter goes. A segment that a campaign uses cannot be deleted.</Trans>
          </p>
        </Confirm>
      )}
    </Page>
  )
}

function Row({ segment, rename, takeOut, remove }: { segment: Segment; rename: () => void; takeOut: () => void; remove: () => void }) {
  const { t } = useLingui()
  const { merchant } = useSession()
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const text = useConditionText(data?.shops ?? [], merchant.mainCurrency)
  const { search, ...rest } = segment.filter as { search?: string }
  const filter = fromInput(rest)
  const or = ` ${t`or`} `
  const words = [...(search ? [`“${search}”`] : []), ...(filter ?? []).map((group) => group.map(text).join(or))]
  const people = <Plural value={segment.count} one="# person" other="# people" />
  return (
    <li>
      <span className={css.main}>
        <span className={css.templateName}>{segment.name}</span>
        <br />
        <span className={table.minor}>{filter ? words.join(' · ') : <Trans>a filter that was made elsewhere</Trans>}</span>
      </span>
      <span className="figures">{filter ? <Link href={listOf(filter, search)}>{people}</Link> : people}</span>
      <Button variant="default" size="compact-xs" aria-label={t`Export ${segment.name}`} onClick={takeOut}>
        <Trans>Export</Trans>
      </Button>
      <Button variant="default" size="compact-xs" aria-label={t`Rename ${segment.name}`} onClick={rename}>
        <Trans>Rename</Trans>
      </Button>
      <Button variant="default" size="compact-xs" aria-label={t`Delete ${segment.name}`} onClick={remove}>
        <Trans>Delete</Trans>
      </Button>
    </li>
  )
}

/** Where the people of a segment are listed: those who are counted, so without whoever objected to profiling. */
function listOf(filter: NonNullable<ReturnType<typeof fromInput>>, search: string | undefined): string {
  const query = new URLSearchParams({ as: 'segment' })
  const f = writeFilter(filter)
  if (search) query.set('q', search)
  if (f) query.set('f', f)
  return `/customers?${query}`
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from 'urql'
import { FilterBar } from '../customers/FilterBar'
import { CustomerCountDocument, type ReentryPolicy, SegmentNamesDocument } from '../gql/graphql'
import { filterInput } from '../lib/filter'
import { Panel } from '../ui/Panel'
import css from './Builder.module.css'
import { Choice, Count, Line } from './fields'
import { asksFor, type Draft } from './plan'

type Props = { draft: Draft; put: (draft: Draft) => void; shops: { id: string; name: string; currency: string }[]; currency: string }

/** Of whom, and how often the same person. */
export function AudienceFields({ draft, put, shops, currency }: Props) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: SegmentNamesDocument, requestPolicy: 'cache-and-network' })
  const segments = data?.segments ?? []
  const kinds = [
    { value: 'everybody' as const, label: t`everybody` },
    { value: 'segment' as const, label: t`a segment` },
    { value: 'filter' as const, label: t`whom a filter finds` },
  ]
  const who = (
    <span className={css.pair}>
      <Choice label={t`Audience`} value={draft.audience} data={kinds} change={(audience) => put({ ...draft, audience })} field="audience" />
      {draft.audience === 'segment' && (
        <Choice
          label={t`Segment`}
          value={draft.segmentId}
          data={[{ value: '', label: t`Choose…` }, ...segments.map((s) => ({ value: s.id, label: s.name }))]}
          change={(segmentId) => put({ ...draft, segmentId })}
          field="segmentId"
        />
      )}
    </span>
  )
  return (
    <Panel title={<Trans>Of whom</Trans>}>
      <div className={css.lines}>
        <Line
          fields={['audience', 'segmentId']}
          help={draft.audience === 'everybody' && <Trans>Whoever may be written to: consent, objections and the sending rules are looked at in any case.</Trans>}
        >
          <Trans>of {who}</Trans>
        </Line>
        {draft.audience === 'filter' && draft.foreign && (
          <p className={css.help}>
            <Trans>The filter was made elsewhere and cannot be shown here. It stays as it is until you choose another.</Trans>{' '}
            <button type="button" className={css.textButton} onClick={() => put({ ...draft, foreign: null })}>
              <Trans>Choose another</Trans>
            </button>
          </p>
        )}
        {draft.audience === 'filter' && !draft.foreign && (
          <>
            <FilterBar filter={draft.filter} shops={shops} currency={currency} change={(filter) => put({ ...draft, filter })} />
            <Matching draft={draft} />
          </>
        )}
        <Reentry draft={draft} put={put} />
      </div>
    </Panel>
  )
}

function Matching({ draft }: { draft: Draft }) {
  const filter = filterInput(draft.filter, '', null)
  const [{ data }] = useQuery({ query: CustomerCountDocument, variables: { filter, asSegment: true }, requestPolicy: 'cache-and-network' })
  if (!data) return null
  return (
    <p className={css.help}>
      <Plural value={data.profiles.totalCount} one="# customer matches" other="# customers match" />
    </p>
  )
}

function Reentry({ draft, put }: { draft: Draft; put: (draft: Draft) => void }) {
  const { t } = useLingui()
  const all: { value: ReentryPolicy; label: string }[] = [
    { value: 'ONCE', label: t`never` },
    { value: 'EVERY_N_DAYS', label: t`after some days` },
    { value: 'PER_OBJECT', label: t`once for each cart, order or birthday` },
  ]
  const data = all.filter((p) => p.value !== 'PER_OBJECT' || asksFor[draft.kind].perObject || draft.reentry === 'PER_OBJECT')
  const again = (
    <span className={css.pair}>
      <Choice label={t`Re-entry`} value={draft.reentry} data={data} change={(reentry) => put({ ...draft, reentry, reentryDays: draft.reentryDays || 90 })} field="reentry.policy" />
      {draft.reentry === 'EVERY_N_DAYS' && (
        <Count label={t`Days until re-entry`} value={draft.reentryDays} max={3650} change={(reentryDays) => put({ ...draft, reentryDays })} field="reentry.days" />
      )}
    </span>
  )
  return (
    <Line fields={['reentry', 'reentry.policy', 'reentry.days', 'reentryDays']}>
      <Trans>The same person may enter again: {again}</Trans>
    </Line>
  )
}

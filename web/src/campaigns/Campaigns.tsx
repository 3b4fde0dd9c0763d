import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { CircleHelp, Plus } from 'lucide-react'
import { useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { CampaignsDocument, type CampaignsQuery, CampaignTemplatesDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { DataTable } from '../ui/DataTable'
import { Page } from '../ui/Page'
import { Badge } from '../ui/parts'
import { useNarrow } from '../ui/RowList'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import { CampaignActs } from './acts'
import css from './Campaigns.module.css'
import { CampaignParts } from './parts'
import { SendingSwitch } from './SendingSwitch'
import { CampaignBadge, EventText } from './words'

type Row = CampaignsQuery['campaigns'][number]

/** Everything that is sent without being asked for each time. */
export default function Campaigns() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: CampaignsDocument, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const list = data?.campaigns ?? []
  const running = list.filter((c) => c.state === 'RUNNING').length
  return (
    <Page
      title={t`Campaigns`}
      sentence={list.length > 0 && <Plural value={running} one="# campaign is running" other="# campaigns are running" />}
      actions={
        list.length > 0 && (
          <Button component={Link} href="/campaigns/new" leftSection={<Plus size={14} aria-hidden />}>
            <Trans>New campaign</Trans>
          </Button>
        )
      }
    >
      <CampaignParts />
      <SendingSwitch />
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton />)}
      {data && list.length === 0 && <Templates first />}
      {list.length > 0 && (
        <>
          <List list={list} reload={reload} />
          <Templates />
        </>
      )}
    </Page>
  )
}

function List({ list, reload }: { list: Row[]; reload: () => void }) {
  const { t } = useLingui()
  const narrow = useNarrow()
  const [, navigate] = useLocation()
  const format = useFormat()
  if (narrow) {
    return (
      <ul className={css.cards} aria-label={t`List of campaigns`}>
        {list.map((c) => (
          <li key={c.id} className={css.card}>
            <p className={css.cardHead}>
              <Name row={c} />
              <CampaignBadge state={c.state} />
            </p>
            <p className={table.minor}>
              <EventText campaign={c} />
            </p>
            <p className={`${table.minor} figures`}>
              <Trans>
                entered {format.number(c.numbers.entered)} · sent {format.number(c.numbers.sent)} · redeemed {format.number(c.numbers.redeemed)}
              </Trans>
              {c.revenueByCode.length > 0 && <> · {format.list(c.revenueByCode.map(format.money))}</>}{' '}
              <Uncertain row={c} />
            </p>
            <CampaignActs campaign={c} done={reload} />
          </li>
        ))}
      </ul>
    )
  }
  const heads = [
    { name: t`Name` },
    { name: t`State` },
    { name: t`Event` },
    { name: t`Entered`, right: true },
    { name: t`Sent`, right: true },
    { name: t`Redeemed`, right: true },
    { name: t`Revenue by code`, right: true },
    { name: <span className="hidden-text">{t`Acts`}</span>, right: true },
  ]
  return (
    <div className={css.box}>
      <DataTable heads={heads}>
        {list.map((c) => (
          <tr
            key={c.id}
            className={table.row}
            onClick={(e) => {
              if (!(e.target as HTMLElement).closest('a, button, [role=dialog]')) navigate(`/campaigns/${c.id}`)
            }}
          >
            <td>
              <Name row={c} />
            </td>
            <td>
              <CampaignBadge state={c.state} />
            </td>
            <td>
              <EventText campaign={c} />
            </td>
            <td className={table.right}>{format.number(c.numbers.entered)}</td>
            <td className={table.right}>
              <Uncertain row={c} /> {format.number(c.numbers.sent)}
            </td>
            <td className={table.right}>{format.number(c.numbers.redeemed)}</td>
            <td className={table.right}>
              {c.revenueByCode.map((m) => (
                <div key={m.currencyCode}>{format.money(m)}</div>
              ))}
            </td>
            <td className={table.right}>
              <CampaignActs campaign={c} done={reload} />
            </td>
          </tr>
        ))}
      </DataTable>
    </div>
  )
}

function Name({ row }: { row: Row }) {
  return (
    <Link href={`/campaigns/${row.id}`} className={table.link}>
      {row.name}
    </Link>
  )
}

/** Messages about which somebody has to decide lead to where that is done. */
function Uncertain({ row }: { row: Row }) {
  const { t } = useLingui()
  const { uncertain } = row.numbers
  if (uncertain === 0) return null
  return (
    <Link href={`/campaigns/${row.id}?state=UNCERTAIN`}>
      <Badge tone="amber" icon={<CircleHelp size={12} aria-hidden />} title={t`They may or may not have gone out; somebody has to decide.`}>
        <Plural value={uncertain} one="# uncertain" other="# uncertain" />
      </Badge>
    </Link>
  )
}

/** Ready plans to begin from. */
function Templates({ first }: { first?: boolean }) {
  const [{ data }] = useQuery({ query: CampaignTemplatesDocument })
  const names = useTemplateName()
  return (
    <section className={css.templates}>
      {first ? (
        <Empty title={<Trans>No campaigns yet</Trans>}>
          <Trans>A campaign follows up an event, such as an abandoned cart, with e-mails and vouchers. Begin with a ready one; nothing is sent before you start it.</Trans>
        </Empty>
      ) : (
        <h2 className={css.heading}>
          <Trans>Begin with a ready campaign</Trans>
        </h2>
      )}
      <ul className={css.ready}>
        {data?.campaignTemplates.map((c, i) => (
          <li key={c.name}>
            <Link href={`/campaigns/new?template=${i + 1}`} className={css.template}>
              <span className={css.templateName}>{names[c.trigger.kind] ?? c.name}</span>
              <span className={table.minor}>
                <EventText campaign={c} />
              </span>
            </Link>
          </li>
        ))}
        {first && (
          <li>
            <Link href="/campaigns/new" className={css.template}>
              <span className={css.templateName}>
                <Trans>Your own</Trans>
              </span>
              <span className={table.minor}>
                <Trans>Begin with an empty one.</Trans>
              </span>
            </Link>
          </li>
        )}
      </ul>
    </section>
  )
}

/** The server calls its templates in English. */
export function useTemplateName(): Partial<Record<Row['trigger']['kind'], string>> {
  const { t } = useLingui()
  return {
    ABANDONED_CART: t`Abandoned cart`,
    ORDER_PLACED: t`Re-order`,
    BEST_CUSTOMER: t`Best customer`,
    INACTIVE_CUSTOMER: t`Inactive customer`,
    BIRTHDAY: t`Birthday`,
    CART_RECOVERED: t`Cart recovered`,
    LETTER_SCANNED: t`Letter scanned`,
    GROUP_JOINED: t`Group joined`,
    MEMBERSHIP_ENDING: t`Membership ending`,
  }
}

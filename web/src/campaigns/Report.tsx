import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect } from '@mantine/core'
import { Download } from 'lucide-react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { MonthlyReportDocument, type MonthlyReportQuery } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { useFormat } from '../lib/format'
import { lastMonths } from '../lib/months'
import { DataTable } from '../ui/DataTable'
import { Page } from '../ui/Page'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import css from './Campaigns.module.css'
import { CampaignParts } from './parts'
import result from './Results.module.css'

type Row = MonthlyReportQuery['monthlyReport'][number]

/** What all campaigns did in a month, line by line, as a table and as a file. */
export default function Report() {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const [address, change] = useAddress()
  const months = lastMonths(24).reverse()
  const asked = address.get('month') ?? ''
  const month = months.includes(asked) ? asked : (months[0] ?? '')
  const [{ data, error, fetching }, ask] = useQuery({ query: MonthlyReportDocument, variables: { month }, requestPolicy: 'cache-and-network' })
  const rows = data?.monthlyReport ?? []
  const file = (kind: string) => `/report?month=${month}&format=${kind}&language=${i18n.locale}`
  return (
    <Page
      title={t`Monthly report`}
      actions={
        <>
          <Button component="a" href={file('xlsx')} download leftSection={<Download size={14} aria-hidden />}>
            XLSX
          </Button>
          <Button component="a" href={file('csv')} download variant="default" leftSection={<Download size={14} aria-hidden />}>
            CSV
          </Button>
        </>
      }
    >
      <CampaignParts />
      <div className={result.choices}>
        <NativeSelect
          label={t`Month`}
          data={months.map((m) => ({ value: m, label: format.month(m) }))}
          value={month}
          onChange={(e) => change({ month: e.currentTarget.value === months[0] ? null : e.currentTarget.value })}
        />
      </div>
      {!data && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />)}
      {data && rows.length === 0 && (
        <Empty title={<Trans>Nothing happened in this month</Trans>}>
          <Trans>No campaign judged anybody, sent anything or had a voucher redeemed.</Trans>
        </Empty>
      )}
      {rows.length > 0 && (
        <>
          <div className={css.box} aria-busy={fetching}>
            <Lines rows={rows} />
          </div>
          <p className={result.small}>
            <Trans>Months are those of each shop’s time zone. Counts stand in the line of the shop’s own currency, letters in that of their price; currencies are never added up.</Trans>
          </p>
        </>
      )}
    </Page>
  )
}

function Lines({ rows }: { rows: Row[] }) {
  const { t } = useLingui()
  const format = useFormat()
  const heads = [
    { name: t`Shop` },
    { name: t`Group` },
    { name: t`Campaign` },
    { name: t`Judged`, right: true },
    { name: t`Entered`, right: true },
    { name: t`Sent`, right: true },
    { name: t`Vouchers made`, right: true },
    { name: t`Redeemed`, right: true },
    { name: t`Revenue by code`, right: true },
    { name: t`Cost of the discount`, right: true },
    { name: t`Print cost`, right: true },
  ]
  return (
    <DataTable heads={heads}>
      {rows.map((r) => {
        const money = (amount: string) => format.money({ amount, currencyCode: r.currency })
        return (
          <tr key={`${r.shopId} ${r.group} ${r.campaignId} ${r.currency}`}>
            <td>{r.shopName}</td>
            <td>{r.group || <span className="quiet">–</span>}</td>
            <td>
              <Link href={`/campaigns/${r.campaignId}/results`} className={table.link}>
                {r.campaignName}
              </Link>
            </td>
            {[r.evaluated, r.eligible, r.sent, r.issued, r.redeemed].map((n, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
              <td key={i} className={table.right}>
                {format.number(n)}
              </td>
            ))}
            <td className={table.right}>{money(r.revenue)}</td>
            <td className={table.right}>
              {money(r.discount)}
              {r.unknownDiscounts > 0 && (
                <span className={result.under}>
                  <Trans>+ {format.number(r.unknownDiscounts)} not known</Trans>
                </span>
              )}
            </td>
            <td className={table.right}>
              {money(r.printCost)}
              {r.letters > 0 && (
                <span className={result.under}>
                  <Plural value={r.letters} one="# letter" other="# letters" />
                </span>
              )}
              {r.unpricedLetters > 0 && (
                <span className={result.under}>
                  <Trans>+ {format.number(r.unpricedLetters)} not known</Trans>
                </span>
              )}
            </td>
          </tr>
        )
      })}
    </DataTable>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox } from '@mantine/core'
import { ArrowLeft, FileDown, TriangleAlert } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useClient } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { OutstandingDocument, type OutstandingQuery } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { useMore } from '../lib/more'
import { More } from '../ui/More'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Badge, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'

const OutstandingExport = lazy(() => import('./OutstandingExport'))

type Row = OutstandingQuery['outstanding']['nodes'][number]

/** Business customers with unpaid orders. */
export default function Outstanding() {
  const { t } = useLingui()
  const client = useClient()
  const [address, change] = useAddress()
  const { can } = useSession()
  const [exporting, startExport, stopExporting] = useOpened('export')
  const overdue = address.get('over') === 'yes'
  const list = useMore(`outstanding ${overdue}`, async (after) => {
    const { data, error } = await client.query(OutstandingDocument, { after, overdue }, { requestPolicy: 'network-only' }).toPromise()
    if (!data) return { error }
    const { nodes, pageInfo } = data.outstanding
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } }
  })
  return (
    <Page
      title={t`Outstanding amounts`}
      back={
        <Link href="/customers" className={pageCss.back} aria-label={t`Back to customers`}>
          <ArrowLeft size={16} aria-hidden />
        </Link>
      }
      sentence={<Trans>Business customers whose orders the shop does not call paid, cancelled and refunded ones left out; what was returned is taken off.</Trans>}
      actions={
        <>
          <Checkbox label={t`Only over the payment delay`} checked={overdue} onChange={(e) => change({ over: e.currentTarget.checked ? 'yes' : null })} />
          {can('MARKETER') && !!list.rows?.length && (
            <Button variant="default" leftSection={<FileDown size={14} aria-hidden />} onClick={() => startExport('outstanding')}>
              <Trans>Export</Trans>
            </Button>
          )}
        </>
      }
    >
      {list.rows?.length === 0 && (
        <Empty title={overdue ? <Trans>Nobody is over their payment delay</Trans> : <Trans>Nothing is outstanding</Trans>}>
          <Trans>Business is whoever has a company or business details in one of their records.</Trans>
        </Empty>
      )}
      {!list.rows && (list.error ? <Failure error={list.error} retry={list.more} /> : <Skeleton rows={6} />)}
      {list.rows && list.rows.length > 0 && (
        <div className={table.box}>
          <table className={table.table}>
            <thead>
              <tr>
                <th>
                  <Trans>Customer</Trans>
                </th>
                <th className={table.right}>
                  <Trans>Outstanding</Trans>
                </th>
                <th className={table.right}>
                  <Trans>Authorised</Trans>
                </th>
                <th>
                  <Trans>Oldest unpaid order</Trans>
                </th>
                <th>
                  <Trans>Payment delay</Trans>
                </th>
                <th className={table.right}>
                  <Trans>Days over</Trans>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.rows.map((r) => (
                <Line key={r.profile?.id} row={r} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.rows && <More list={list} />}
      {exporting !== null && can('MARKETER') && (
        <Suspense>
          <OutstandingExport overdue={overdue} close={stopExporting} />
        </Suspense>
      )}
    </Page>
  )
}

function Line({ row: r }: { row: Row }) {
  const { t } = useLingui()
  const format = useFormat()
  const name = r.profile?.displayName || t`No name`
  const days = r.paymentDays
  return (
    <tr>
      <td>
        <Link href={`/customers/${r.profile?.id}`}>{r.company || name}</Link>
        {r.company && r.company !== name && <span className="quiet"> {name}</span>}
      </td>
      <td className={`${table.right} figures`}>
        {format.list(r.amounts.map(format.money))}{' '}
        <span className="quiet">
          <Plural value={r.orders} one="# order" other="# orders" />
        </span>
      </td>
      <td className={`${table.right} figures`}>
        {r.limit ? format.money(r.limit) : '–'}{' '}
        {r.exceeded && (
          <Badge tone="red" icon={<TriangleAlert size={12} aria-hidden />}>
            <Trans>exceeded</Trans>
          </Badge>
        )}
      </td>
      <td>
        <When at={r.oldestAt} />
      </td>
      <td>{days === null ? <Trans>not known: due at once</Trans> : <Plural value={days} one="# day to pay" other="# days to pay" />}</td>
      <td className={`${table.right} figures`}>{r.daysOver > 0 ? format.number(r.daysOver) : '–'}</td>
    </tr>
  )
}

import { Plural, Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type CombinedError, useClient } from 'urql'
import { CustomerPurchasesDocument, type CustomerPurchasesQuery } from '../gql/graphql'
import { Amount, OutLink, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'

type Purchase = NonNullable<CustomerPurchasesQuery['profile']>['purchases']['nodes'][number]

const pageSize = 50

/** One row for each product bought. */
export default function Purchases({ id }: { id: string }) {
  const client = useClient()
  const [rows, setRows] = useState<Purchase[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  const [error, setError] = useState<CombinedError | null>(null)
  const [busy, setBusy] = useState(false)

  async function read(after: string | null, before: Purchase[]) {
    setBusy(true)
    setError(null)
    const answer = await client.query(CustomerPurchasesDocument, { id, first: pageSize, after }).toPromise()
    setBusy(false)
    const page = answer.data?.profile?.purchases
    if (!page) {
      setError(answer.error ?? null)
      return
    }
    setRows([...before, ...page.nodes])
    setNext(page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each person
  useEffect(() => {
    read(null, [])
  }, [id])

  if (!rows) return error ? <Failure error={error} retry={() => read(null, [])} /> : <Skeleton />
  if (rows.length === 0) {
    return (
      <Empty title={<Trans>Nothing bought yet</Trans>}>
        <Trans>Each product bought will be a row here.</Trans>
      </Empty>
    )
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={table.wide} tabIndex={0} role="group">
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">
                <Trans>Product</Trans>
              </th>
              <th scope="col">
                <Trans>Date</Trans>
              </th>
              <th scope="col">
                <Trans>Order</Trans>
              </th>
              <th scope="col">
                <Trans>Category</Trans>
              </th>
              <th scope="col">
                <Trans>Size</Trans>
              </th>
              <th scope="col" className={table.right}>
                <Trans>Quantity</Trans>
              </th>
              <th scope="col" className={table.right}>
                <Trans>Amount</Trans>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ order, line }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id and do not move
              <tr key={i}>
                <td>
                  <OutLink href={line.productUrl}>{line.title}</OutLink>
                </td>
                <td>
                  <When at={order.placedAt} />
                </td>
                <td>{order.number}</td>
                <td>{line.category}</td>
                <td>{line.size}</td>
                <td className={table.right}>
                  {line.quantity}
                  {line.returnedQuantity > 0 && (
                    <span className={table.bad}>
                      {' '}
                      <Plural value={line.returnedQuantity} one="# returned" other="# returned" />
                    </span>
                  )}
                </td>
                <td className={table.right}>
                  <Amount value={line.total} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error && <Failure error={error} retry={() => read(next, rows)} />}
      {next && !error && (
        <div className={table.more}>
          <Button variant="subtle" loading={busy} onClick={() => read(next, rows)}>
            <Trans>Show earlier ones</Trans>
          </Button>
        </div>
      )}
    </>
  )
}

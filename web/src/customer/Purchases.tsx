import { Plural, Trans } from '@lingui/react/macro'
import { useClient } from 'urql'
import { CustomerPurchasesDocument } from '../gql/graphql'
import { useMore } from '../lib/more'
import { DataTable } from '../ui/DataTable'
import { More } from '../ui/More'
import { Amount, OutLink, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'

const pageSize = 50

/** One row for each product bought. */
export default function Purchases({ id }: { id: string }) {
  const client = useClient()
  const list = useMore(id, async (after) => {
    const { data, error } = await client.query(CustomerPurchasesDocument, { id, first: pageSize, after }).toPromise()
    const found = data?.profile?.purchases
    return { page: found && { nodes: found.nodes, next: found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null }, error }
  })
  const { rows, error } = list
  if (!rows) return error ? <Failure error={error} retry={list.more} /> : <Skeleton />
  if (rows.length === 0) {
    return (
      <Empty title={<Trans>Nothing bought yet</Trans>}>
        <Trans>Each product bought will be a row here.</Trans>
      </Empty>
    )
  }
  return (
    <>
      <DataTable
        heads={[
          { name: <Trans>Product</Trans> },
          { name: <Trans>Date</Trans> },
          { name: <Trans>Order</Trans> },
          { name: <Trans>Category</Trans> },
          { name: <Trans>Size</Trans> },
          { name: <Trans>Quantity</Trans>, right: true },
          { name: <Trans>Amount</Trans>, right: true },
        ]}
      >
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
      </DataTable>
      <More list={list} />
    </>
  )
}

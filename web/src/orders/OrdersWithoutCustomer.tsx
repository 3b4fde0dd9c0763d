import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal } from '@mantine/core'
import { ArrowLeft, UserPlus } from 'lucide-react'
import { useClient, useMutation } from 'urql'
import { Link } from 'wouter'
import { useKeys } from '../app/keys'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { OrderEntry } from '../customer/Timeline'
import { PickPerson } from '../customers/PickPerson'
import { AssignOrderDocument, type OrderRowFragment, OrdersWithoutCustomerDocument, ReleaseOrderDocument } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { useMore } from '../lib/more'
import { forgetPages } from '../lib/pages'
import { toldRefusal } from '../ui/Form'
import { More } from '../ui/More'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Empty, Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'

const pageSize = 50

/** Orders for which the shop names nobody: a person can be given to each. */
export default function OrdersWithoutCustomer() {
  const { t } = useLingui()
  const client = useClient()
  const { can } = useSession()
  const list = useMore('orders without a customer', async (after) => {
    const { data, error } = await client.query(OrdersWithoutCustomerDocument, { first: pageSize, after }, { requestPolicy: 'network-only' }).toPromise()
    const found = data?.ordersWithoutProfile
    return { page: found && { nodes: found.nodes, next: found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null }, error }
  })
  const { rows, next, error } = list
  const [address, change] = useAddress()
  const open = address.get('entry')
  const [assigningId, assignTo, stopAssigning] = useOpened('assign')
  const assigning = rows?.find((o) => o.id === assigningId)
  const [, assign] = useMutation(AssignOrderDocument)
  const [, release] = useMutation(ReleaseOrderDocument)
  useKeys({ Escape: () => window.history.back() })

  async function give(order: OrderRowFragment, profileId: string, name: string) {
    stopAssigning()
    const { data, error: failed } = await assign({ orderId: order.id, profileId })
    if (toldRefusal(data?.assignOrder, failed)) return
    forgetPages()
    list.drop((o) => o.id === order.id)
    tell(
      <Trans>
        Order {order.number} belongs to {name} now.
      </Trans>,
      async () => {
        const undone = await release({ orderId: order.id })
        if (toldRefusal(undone.data?.releaseOrder, undone.error)) return
        forgetPages()
        list.reload()
      },
    )
  }

  return (
    <Page
      title={t`Orders without a customer`}
      back={
        <Link href="/orders" className={pageCss.back} aria-label={t`Back to orders`}>
          <ArrowLeft size={16} aria-hidden />
        </Link>
      }
      sentence={rows && rows.length > 0 && !next && <Plural value={rows.length} one="# order names nobody" other="# orders name nobody" />}
    >
      {!rows && error && <Failure error={error} retry={list.more} />}
      {!rows && !error && <Skeleton rows={10} />}
      {rows?.length === 0 && (
        <Empty title={<Trans>Every order has its customer</Trans>}>
          <Trans>Orders for which the shop names nobody, such as sales over the counter, will be here.</Trans>
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <div className={table.box}>
          <ul>
            {rows.map((order) => (
              <OrderEntry
                key={order.id}
                order={order}
                id={`order-${order.id}`}
                chosen={false}
                opened={open === order.id}
                toggle={() => change({ entry: open === order.id ? null : order.id })}
                action={
                  can('CLERK') && (
                    <Button variant="default" leftSection={<UserPlus size={14} aria-hidden />} onClick={() => assignTo(order.id)}>
                      <Trans>Assign to a customer</Trans>
                    </Button>
                  )
                }
              />
            ))}
          </ul>
          <More list={list} />
        </div>
      )}
      {assigning && (
        <Modal opened onClose={stopAssigning} title={t`Assign order ${assigning.number}`} closeButtonProps={{ 'aria-label': t`Close` }}>
          <PickPerson label={t`Whose order is it?`} pick={(id, name) => give(assigning, id, name)} />
        </Modal>
      )}
    </Page>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal } from '@mantine/core'
import { ArrowLeft, UserPlus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type CombinedError, useClient, useMutation } from 'urql'
import { Link } from 'wouter'
import { useKeys } from '../app/keys'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { OrderEntry } from '../customer/Timeline'
import timeline from '../customer/Timeline.module.css'
import { PickPerson } from '../customers/PickPerson'
import { AssignOrderDocument, type OrderRowFragment, OrdersWithoutCustomerDocument, ReleaseOrderDocument } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { toldRefusal } from '../ui/Form'
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
  const [rows, setRows] = useState<OrderRowFragment[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  const [error, setError] = useState<CombinedError | null>(null)
  const [busy, setBusy] = useState(false)
  const [open, setOpen] = useState<string | null>(null)
  const [assigning, setAssigning] = useState<OrderRowFragment | null>(null)
  const [, assign] = useMutation(AssignOrderDocument)
  const [, release] = useMutation(ReleaseOrderDocument)
  useKeys({ Escape: () => window.history.back() })

  async function read(after: string | null, before: OrderRowFragment[]) {
    setBusy(true)
    setError(null)
    const answer = await client.query(OrdersWithoutCustomerDocument, { first: pageSize, after }, { requestPolicy: 'network-only' }).toPromise()
    setBusy(false)
    const found = answer.data?.ordersWithoutProfile
    if (!found) {
      setError(answer.error ?? null)
      return
    }
    setRows([...before, ...found.nodes])
    setNext(found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    read(null, [])
  }, [])

  async function give(order: OrderRowFragment, profileId: string, name: string) {
    setAssigning(null)
    const { data, error: failed } = await assign({ orderId: order.id, profileId })
    if (toldRefusal(data?.assignOrder, failed)) return
    forgetPages()
    setRows((list) => list?.filter((o) => o.id !== order.id) ?? null)
    tell(
      <Trans>
        Order {order.number} belongs to {name} now.
      </Trans>,
      async () => {
        const undone = await release({ orderId: order.id })
        if (toldRefusal(undone.data?.releaseOrder, undone.error)) return
        forgetPages()
        read(null, [])
      },
    )
  }

  return (
    <Page
      title={t`Orders without a customer`}
      back={
        <Link href="/customers" className={pageCss.back} aria-label={t`Back to customers`}>
          <ArrowLeft size={16} aria-hidden />
        </Link>
      }
      sentence={rows && rows.length > 0 && !next && <Plural value={rows.length} one="# order names nobody" other="# orders name nobody" />}
    >
      {error && <Failure error={error} retry={() => read(rows ? next : null, rows ?? [])} />}
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
                toggle={() => setOpen(open === order.id ? null : order.id)}
                action={
                  can('CLERK') && (
                    <Button variant="default" leftSection={<UserPlus size={14} aria-hidden />} onClick={() => setAssigning(order)}>
                      <Trans>Assign to a customer</Trans>
                    </Button>
                  )
                }
              />
            ))}
          </ul>
          {next && (
            <div className={timeline.more}>
              <Button variant="subtle" loading={busy} onClick={() => read(next, rows)}>
                <Trans>Show earlier ones</Trans>
              </Button>
            </div>
          )}
        </div>
      )}
      {assigning && (
        <Modal opened onClose={() => setAssigning(null)} title={t`Assign order ${assigning.number}`} closeButtonProps={{ 'aria-label': t`Close` }}>
          <PickPerson label={t`Whose order is it?`} pick={(id, name) => give(assigning, id, name)} />
        </Modal>
      )}
    </Page>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { type TypedDocumentNode, useQuery } from 'urql'
import { Link } from 'wouter'
import { isId } from '../lib/link'
import { Empty, Failure, Skeleton } from './states'

type Props<Data, T> = {
  document: TypedDocumentNode<Data, { id: string }>
  /** What is open; null where nothing is. */
  id: string | null
  close: () => void
  pick: (data: Data) => T | null
  title: (thing: T) => string
  children: (thing: T) => ReactNode
}

/** One row of a list, whole, beside the list. */
export function OneDrawer<Data, T>({ document, id, close, pick, title, children }: Props<Data, T>) {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({
    query: document,
    variables: { id: id ?? '' },
    pause: id === null || !isId(id),
    requestPolicy: 'cache-and-network',
  })
  const thing = data && id !== null ? pick(data) : null
  const unknown = id !== null && !thing && !fetching && !error
  return (
    <Drawer
      opened={id !== null}
      onClose={close}
      position="right"
      title={thing ? title(thing) : unknown ? t`Not found` : t`Loading`}
      closeButtonProps={{ 'aria-label': t`Close` }}
      transitionProps={{ duration: 120 }}
    >
      {thing ? (
        children(thing)
      ) : error && !fetching ? (
        <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} />
      ) : unknown ? (
        <Empty title={<Trans>Nothing has this id</Trans>}>
          <Trans>It does not exist, or you may not see it.</Trans>
        </Empty>
      ) : (
        <Skeleton />
      )}
    </Drawer>
  )
}

/** Leads to whose it is. */
export function OpenCustomer({ profile, entry }: { profile: { id: string } | null; entry?: string }) {
  if (!profile) return null
  return (
    <Button component={Link} href={`/customers/${profile.id}${entry ? `?entry=${entry}` : ''}`} variant="default" mt="md">
      <Trans>Open the customer</Trans>
    </Button>
  )
}

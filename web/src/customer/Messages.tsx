import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from 'urql'
import { CustomerMessagesDocument, type Platform } from '../gql/graphql'
import { When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Messages.module.css'

/** What person and shop wrote to each other. */
export default function Messages({ id, shops }: { id: string; shops: { platform: Platform }[] }) {
  const { t } = useLingui()
  const [{ data, error }, ask] = useQuery({ query: CustomerMessagesDocument, variables: { id } })
  if (!data) return error ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />
  const messages = data.profile?.messages ?? []
  if (messages.length === 0) {
    return (
      <Empty title={<Trans>No messages</Trans>}>
        {shops.some((s) => s.platform === 'PRESTASHOP') ? (
          <Trans>Messages between the person and the shop will be here.</Trans>
        ) : (
          <Trans>Shopify does not hand out messages; PrestaShop shops do.</Trans>
        )}
      </Empty>
    )
  }
  return (
    <ul className={css.list}>
      {messages.map((m) => (
        <li key={`${m.at}${m.text}`} className={css.message} data-own={!m.fromCustomer || undefined}>
          <p className={css.text}>{m.text}</p>
          <p className={css.facts}>
            {m.fromCustomer ? t`Customer` : m.shop.name}
            {m.private && ` · ${t`only for staff`}`} · <When at={m.at} />
          </p>
        </li>
      ))}
    </ul>
  )
}

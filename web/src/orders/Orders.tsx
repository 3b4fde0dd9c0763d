import { Plural, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { OrderCountDocument, type OrderFilter, OrdersWithoutCustomerCountDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { marks, type OrderQuestion, orderFilter, readQuestion, states } from '../lib/orders'
import { Page } from '../ui/Page'
import { useOrderStateName } from '../ui/parts'
import { useNarrow } from '../ui/RowList'
import { SearchWords } from '../ui/SearchWords'
import { ShopSelect } from '../ui/ShopSelect'
import { OrderList } from './OrderList'
import css from './Orders.module.css'

/** Orders over all customers. The address holds all of what is shown. */
export default function Orders() {
  const { t } = useLingui()
  const narrow = useNarrow()
  const [address, change] = useAddress()
  const text = address.toString()
  const question = useMemo(() => readQuestion(new URLSearchParams(text)), [text])
  const filter = useMemo(() => orderFilter(question), [question])
  const ask = (changes: Partial<Record<keyof OrderQuestion, string | null>>) => change({ ...changes, after: null })
  return (
    <Page
      fill
      title={t`Orders`}
      sentence={<Count filter={filter} />}
      actions={
        <>
          {!narrow && <WithoutCustomer />}
          <ShopSelect shop={question.shop} change={(shop) => ask({ shop })} />
        </>
      }
    >
      <Controls question={question} ask={ask} />
      <OrderList
        filter={filter}
        oldestFirst={question.dir === 'asc'}
        start={address.get('after')}
        setStart={(after) => change({ after })}
        turn={() => ask({ dir: question.dir === 'asc' ? null : 'asc' })}
        clear={() => ask({ q: null, shop: null, state: null, mark: null, from: null, to: null })}
      />
    </Page>
  )
}

type ControlProps = { question: OrderQuestion; ask: (changes: Partial<Record<keyof OrderQuestion, string | null>>) => void }

function Controls({ question, ask }: ControlProps) {
  const { t } = useLingui()
  const narrow = useNarrow()
  const stateName = useOrderStateName()
  const markNames = { recovered: t({ message: 'Recovered', context: 'order' }), unvalidated: t`Not validated`, returned: t`With a return` }
  return (
    <div className={css.controls}>
      <SearchWords name={t`Order number`} words={question.q} change={(q) => ask({ q: q || null })} />
      <NativeSelect
        size="xs"
        aria-label={t`State`}
        value={question.state ?? ''}
        data={[
          { value: '', label: t`All states` },
          { value: 'counted', label: t`All that count` },
          ...states.map((value) => ({ value, label: stateName(value) })),
        ]}
        onChange={(e) => ask({ state: e.currentTarget.value || null })}
      />
      <NativeSelect
        size="xs"
        aria-label={t`Mark`}
        value={question.mark ?? ''}
        data={[{ value: '', label: t`With and without marks` }, ...marks.map((value) => ({ value, label: markNames[value] }))]}
        onChange={(e) => ask({ mark: e.currentTarget.value || null })}
      />
      <span className={css.dates}>
        <TextInput size="xs" type="date" aria-label={t`From`} value={question.from ?? ''} onChange={(e) => ask({ from: e.currentTarget.value || null })} />
        <span aria-hidden>–</span>
        <TextInput size="xs" type="date" aria-label={t`To`} value={question.to ?? ''} onChange={(e) => ask({ to: e.currentTarget.value || null })} />
      </span>
      {narrow && <WithoutCustomer />}
    </div>
  )
}

function Count({ filter }: { filter: OrderFilter | undefined }) {
  const [{ data }] = useQuery({ query: OrderCountDocument, variables: { filter }, requestPolicy: 'cache-and-network' })
  if (!data) return null
  const n = data.orders.totalCount
  return (
    <span className="figures" data-testid="count">
      {filter ? <Plural value={n} one="# order matches" other="# orders match" /> : <Plural value={n} one="# order over all shops" other="# orders over all shops" />}
    </span>
  )
}

/** Leads to the orders that belong to nobody, where there are any. */
function WithoutCustomer() {
  const [{ data }] = useQuery({ query: OrdersWithoutCustomerCountDocument })
  const count = data?.ordersWithoutProfile.totalCount ?? 0
  if (count === 0) return null
  return (
    <Button component={Link} href="/orders-without-customer" variant="subtle" color="gray">
      <Plural value={count} one="# order without a customer" other="# orders without a customer" />
    </Button>
  )
}

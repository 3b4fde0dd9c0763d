import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu, Modal, NativeSelect, TextInput } from '@mantine/core'
import { ArrowLeft, Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { type MembershipPeriod, MembershipTypesDocument, type MembershipTypeRowFragment, RetireMembershipTypeDocument, SaveMembershipTypeDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { shortDecimal } from '../lib/decimal'
import { useFormat } from '../lib/format'
import list from '../settings/Settings.module.css'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Panel } from '../ui/Panel'
import { Empty, Failure, Skeleton } from '../ui/states'

export function usePeriods(): Record<MembershipPeriod, string> {
  const { t } = useLingui()
  return { ONCE: t`once`, MONTH: t`a month`, QUARTER: t`a quarter`, YEAR: t`a year` }
}

/** What one can be a member of, at which rates. */
export default function MembershipTypes() {
  const { t } = useLingui()
  const { can } = useSession()
  const [{ data, error, fetching }, ask] = useQuery({ query: MembershipTypesDocument, requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('membership')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const types = data?.membershipTypes ?? []
  const changed = types.find((x) => x.id === opened)
  const back = (
    <Link href="/customers" className={pageCss.back} aria-label={t`Back to customers`}>
      <ArrowLeft size={16} aria-hidden />
    </Link>
  )
  return (
    <Page
      title={t`Memberships`}
      back={back}
      sentence={<Trans>What one can be a member of, and at which rate. Enrol people on their card; what is due is written down by itself.</Trans>}
      actions={
        can('MARKETER') && (
          <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => open('new')}>
            <Trans>Add a membership</Trans>
          </Button>
        )
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={4} />)}
      {data && types.length === 0 && (
        <Empty title={<Trans>No memberships yet</Trans>}>
          <Trans>Add one, such as a club with a yearly rate, then enrol customers on their card.</Trans>
        </Empty>
      )}
      {types.length > 0 && (
        <Panel flush title={<Trans>Memberships</Trans>}>
          <ul className={list.rows} aria-label={t`Memberships`}>
            {types.map((x) => (
              <Row key={x.id} type={x} change={() => open(x.id)} reload={reload} />
            ))}
          </ul>
        </Panel>
      )}
      {(opened === 'new' || changed) && <TypeDialog key={opened} type={changed ?? null} close={close} done={reload} />}
    </Page>
  )
}

function Row({ type: x, change, reload }: { type: MembershipTypeRowFragment; change: () => void; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const periods = usePeriods()
  const [, retire] = useMutation(RetireMembershipTypeDocument)
  return (
    <li>
      <span className={list.main}>
        <b>{x.rate ? `${x.name} · ${x.rate}` : x.name}</b>{' '}
        <span className="quiet">
          <Plural value={x.members} one="# member" other="# members" />
        </span>
      </span>
      <span className="figures">
        {format.money({ amount: x.price, currencyCode: x.currency })} {periods[x.period]}
      </span>
      {can('MARKETER') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={t`More: ${x.name}`}>
              <Ellipsis size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={change}>
              <Trans>Change</Trans>
            </Menu.Item>
            <Menu.Item
              onClick={async () => {
                const { data, error } = await retire({ id: x.id })
                if (toldRefusal(data?.retireMembershipType, error)) return
                tell(<Trans>Nobody can be enrolled in it any more; members stay.</Trans>)
                reload()
              }}
            >
              <Trans>Retire</Trans>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  )
}

function TypeDialog({ type, close, done }: { type: MembershipTypeRowFragment | null; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const { merchant } = useSession()
  const periods = usePeriods()
  const [name, setName] = useState(type?.name ?? '')
  const [rate, setRate] = useState(type?.rate ?? '')
  const [price, setPrice] = useState(type ? shortDecimal(type.price, 2) : '')
  const [currency, setCurrency] = useState(type?.currency ?? merchant.mainCurrency)
  const [period, setPeriod] = useState<MembershipPeriod>(type?.period ?? 'YEAR')
  const [, save] = useMutation(SaveMembershipTypeDocument)
  return (
    <Modal opened onClose={close} title={type ? t`Change ${type.name}` : t`New membership`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['name', 'rate', 'price', 'currency', 'period']}
        cancel={close}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await save({ id: type?.id ?? null, input: { name, rate, price: price.trim().replace(',', '.') || '0', currency, period } })
          const refusal = refusalOf(data?.saveMembershipType, error)
          if (refusal) return refusal
          tell(<Trans>Saved.</Trans>)
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <>
            <TextInput data-autofocus required label={t`Name`} placeholder={t`Club`} maxLength={60} value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
            <TextInput label={t`Rate`} placeholder={t`Students`} maxLength={60} value={rate} error={errorOf('rate')} onChange={(e) => setRate(e.currentTarget.value)} />
            <TextInput label={t`Price`} inputMode="decimal" maxLength={12} value={price} error={errorOf('price')} onChange={(e) => setPrice(e.currentTarget.value)} />
            <TextInput
              label={t`Currency`}
              description={t`Such as EUR.`}
              maxLength={3}
              value={currency}
              error={errorOf('currency')}
              onChange={(e) => setCurrency(e.currentTarget.value.toUpperCase())}
            />
            <NativeSelect
              label={t`Paid`}
              value={period}
              error={errorOf('period')}
              data={Object.entries(periods).map(([value, label]) => ({ value, label }))}
              onChange={(e) => setPeriod(e.currentTarget.value as MembershipPeriod)}
            />
          </>
        )}
      </Form>
    </Modal>
  )
}

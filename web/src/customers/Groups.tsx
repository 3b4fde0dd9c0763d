import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { ArrowLeft, Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { CustomerGroupsDocument, type GroupRowFragment, GroupSalesDocument, RemoveGroupDocument, SaveGroupDocument } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { shortDecimal } from '../lib/decimal'
import { writeFilter } from '../lib/filter'
import { useFormat } from '../lib/format'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Panel } from '../ui/Panel'
import { Empty, Failure, Skeleton } from '../ui/states'
import list from '../settings/Settings.module.css'

const day = (d: Date) => d.toISOString().slice(0, 10)

/** From when to when, the last day excluded. */
function period(name: string, now = new Date()): { from: string; to: string } {
  const year = now.getUTCFullYear()
  const month = now.getUTCMonth()
  const tomorrow = new Date(Date.UTC(year, month, now.getUTCDate() + 1))
  if (name === 'month') return { from: day(new Date(Date.UTC(year, month, 1))), to: day(tomorrow) }
  if (name === 'last-year') return { from: day(new Date(Date.UTC(year - 1, 0, 1))), to: day(new Date(Date.UTC(year, 0, 1))) }
  return { from: day(new Date(Date.UTC(year, 0, 1))), to: day(tomorrow) }
}

/** The merchant's own customer groups, and what each bought. */
export default function Groups() {
  const { t } = useLingui()
  const { can } = useSession()
  const [address, put] = useAddress()
  const over = address.get('over') ?? 'year'
  const [{ data, error, fetching }, ask] = useQuery({ query: CustomerGroupsDocument, requestPolicy: 'cache-and-network' })
  const [{ data: sold }] = useQuery({ query: GroupSalesDocument, variables: period(over), requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('group')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const groups = data?.customerGroups ?? []
  const changed = groups.find((g) => g.id === opened)
  const back = (
    <Link href="/customers" className={pageCss.back} aria-label={t`Back to customers`}>
      <ArrowLeft size={16} aria-hidden />
    </Link>
  )
  return (
    <Page
      title={t`Customer groups`}
      back={back}
      sentence={<Trans>A person is in one group at most. Discounts and benefits are recorded here; they take effect by the shop’s own group or by vouchers.</Trans>}
      actions={
        can('MARKETER') && (
          <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => open('new')}>
            <Trans>Add a group</Trans>
          </Button>
        )
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={4} />)}
      {data && groups.length === 0 && (
        <Empty title={<Trans>No groups yet</Trans>}>
          <Trans>Add one, such as VIP or Wholesale, then put customers into it on their card.</Trans>
        </Empty>
      )}
      {groups.length > 0 && (
        <Panel
          flush
          title={<Trans>Groups</Trans>}
          action={
            <NativeSelect
              size="xs"
              aria-label={t`Sales of which time`}
              value={over}
              data={[
                { value: 'month', label: t`Sales of this month` },
                { value: 'year', label: t`Sales of this year` },
                { value: 'last-year', label: t`Sales of last year` },
              ]}
              onChange={(e) => put({ over: e.currentTarget.value === 'year' ? null : e.currentTarget.value })}
            />
          }
        >
          <ul className={list.rows} aria-label={t`Groups`}>
            {groups.map((g) => (
              <Row key={g.id} group={g} sales={sold?.customerGroups.find((s) => s.id === g.id)?.sales ?? []} change={() => open(g.id)} reload={reload} />
            ))}
          </ul>
        </Panel>
      )}
      {(opened === 'new' || changed) && <GroupDialog key={opened} group={changed ?? null} close={close} done={reload} />}
    </Page>
  )
}

type Sales = { currency: string; orders: number; buyers: number; spent: string }

function Row({ group: g, sales, change, reload }: { group: GroupRowFragment; sales: Sales[]; change: () => void; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const [, remove] = useMutation(RemoveGroupDocument)
  return (
    <li>
      <span className={list.main}>
        <b>{g.name}</b>{' '}
        <span className="quiet">
          <Link href={`/customers?f=${encodeURIComponent(writeFilter([[{ field: 'group', values: [g.id] }]]) ?? '')}`}>
            <Plural value={g.members} one="# person" other="# people" />
          </Link>
          {g.discount && ` · ${format.percent(Number(g.discount) / 100)}`}
          {g.benefits && ` · ${g.benefits}`}
        </span>
      </span>
      <span className="figures">
        {sales.length === 0 && (
          <span className="quiet">
            <Trans>no orders</Trans>
          </span>
        )}
        {sales.map((s) => (
          <span key={s.currency}>
            {format.money({ amount: s.spent, currencyCode: s.currency })} · <Plural value={s.orders} one="# order" other="# orders" />
          </span>
        ))}
      </span>
      {can('MARKETER') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={t`More: ${g.name}`}>
              <Ellipsis size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={change}>
              <Trans>Change</Trans>
            </Menu.Item>
            <Menu.Item
              onClick={async () => {
                const { data, error } = await remove({ id: g.id })
                if (toldRefusal(data?.removeGroup, error)) return
                tell(<Trans>{g.name} is removed.</Trans>)
                reload()
              }}
            >
              <Trans>Remove</Trans>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  )
}

function GroupDialog({ group, close, done }: { group: GroupRowFragment | null; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [name, setName] = useState(group?.name ?? '')
  const [discount, setDiscount] = useState(shortDecimal(group?.discount ?? ''))
  const [benefits, setBenefits] = useState(group?.benefits ?? '')
  const [, save] = useMutation(SaveGroupDocument)
  return (
    <Modal opened onClose={close} title={group ? t`Change ${group.name}` : t`New group`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['name', 'discount', 'benefits']}
        cancel={close}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await save({ id: group?.id ?? null, input: { name, benefits, discount: discount.trim().replace(',', '.') || null } })
          const refusal = refusalOf(data?.saveGroup, error)
          if (refusal) return refusal
          tell(<Trans>Saved.</Trans>)
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <>
            <TextInput data-autofocus required label={t`Name`} maxLength={60} value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
            <TextInput
              label={t`Discount in percent`}
              description={t`Recorded here only; make it in the shop, or by vouchers.`}
              inputMode="decimal"
              maxLength={8}
              value={discount}
              error={errorOf('discount')}
              onChange={(e) => setDiscount(e.currentTarget.value)}
            />
            <Textarea
              autosize
              minRows={2}
              label={t`Benefits and special prices`}
              maxLength={2000}
              value={benefits}
              error={errorOf('benefits')}
              onChange={(e) => setBenefits(e.currentTarget.value)}
            />
          </>
        )}
      </Form>
    </Modal>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu, Tabs } from '@mantine/core'
import { ArrowLeft, Copy as CopyIcon, Ellipsis, IdCard, Merge as MergeIcon, Pencil, ShieldCheck, TriangleAlert } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import { useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { useKeys } from '../app/keys'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { CustomerDocument, type CustomerQuery } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { sumDecimals } from '../lib/decimal'
import { useFormat } from '../lib/format'
import { isId } from '../lib/link'
import { lookAt } from '../lib/looked'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Figure, Figures } from '../ui/Panel'
import { Badge, LabelChip, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import { Contact } from './Contact'
import css from './Customer.module.css'
import { Photo, PhotoInput, PhotoItems, usePhotoInput } from './Photo'
import { Habits, LabelsAndNotes, Sources } from './panels'
import { Timeline } from './Timeline'

const Purchases = lazy(() => import('./Purchases'))
const PersonTimeline = lazy(() => import('./PersonTimeline'))
const Messages = lazy(() => import('./Messages'))
const PersonAddresses = lazy(() => import('./PersonAddresses'))
const PersonFollowUps = lazy(() => import('../campaigns/PersonFollowUps'))
const MergeDialog = lazy(() => import('./MergeDialog'))
const EditDialog = lazy(() => import('./EditDialog'))
const PersonConsents = lazy(() => import('./PersonConsents'))
const PersonTasks = lazy(() => import('./PersonTasks'))
const PersonMemberships = lazy(() => import('./PersonMemberships'))
const GroupSelect = lazy(() => import('./GroupSelect'))
const Changes = lazy(() => import('./Changes'))
const NewRequest = lazy(() => import('../privacy/NewRequest').then((m) => ({ default: m.NewRequest })))

export type Person = NonNullable<CustomerQuery['profile']>

const tabs = ['orders', 'timeline', 'purchases', 'messages'] as const

/** One person: everything a clerk needs while the person is on the phone. */
export default function Customer({ id }: { id: string }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [{ data, error, fetching }, ask] = useQuery({ query: CustomerDocument, variables: { id }, requestPolicy: 'cache-and-network', pause: !isId(id) })
  const reload = () => ask({ requestPolicy: 'network-only' })
  useKeys({ Escape: () => (window.history.length > 1 ? window.history.back() : navigate('/customers')) })

  const back = (
    <Link href="/customers" className={pageCss.back} aria-label={t`Back to customers`}>
      <ArrowLeft size={16} aria-hidden />
    </Link>
  )
  if (!data) {
    const unknown = !isId(id) || error?.graphQLErrors.some((e) => e.extensions.code === 'NOT_FOUND')
    return (
      <Page title={t`Customer`} back={back}>
        {unknown ? <Unknown id={id} /> : error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={12} />}
      </Page>
    )
  }
  if (!data.profile) {
    return (
      <Page title={t`Customer`} back={back}>
        <Unknown id={id} />
      </Page>
    )
  }
  return <Card key={data.profile.id} person={data.profile} reload={reload} back={back} />
}

function Unknown({ id }: { id: string }) {
  return (
    <Empty
      title={<Trans>Nobody has this id</Trans>}
      action={
        <Button component={Link} href="/customers" variant="default">
          <Trans>Show all customers</Trans>
        </Button>
      }
    >
      <Trans>No customer with the id “{id}” exists, or you may not see their shops.</Trans>
    </Empty>
  )
}

function Card({ person, reload, back }: { person: Person; reload: () => void; back: React.ReactNode }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const [address, change] = useAddress()
  const [merging, merge, stopMerging] = useOpened('merge')
  const [editing, edit, stopEditing] = useOpened('edit')
  const [asking, askPrivacy, stopAsking] = useOpened('request')
  useEffect(() => lookAt(person.id), [person.id])
  const photo = usePhotoInput()
  const tab = tabs.find((x) => x === address.get('tab')) ?? 'orders'
  return (
    <Page
      title={person.displayName || t`No name`}
      back={
        <>
          {back}
          <Photo person={person} />
        </>
      }
      sentence={
        <span className={css.sentence}>
          {person.group && <Badge tone="blue">{person.group.name}</Badge>}
          {person.labels.map((l) => (
            <LabelChip key={l.id} name={l.name} />
          ))}
          <span>
            <Plural value={person.shops.length} one="# shop" other="# shops" />
            {' · '}
            <Trans>customer since {format.day(person.createdAt)}</Trans>
            {person.language && ` · ${format.language(person.language)}`}
          </span>
          {person.memberships
            .filter((m) => m.status === 'ACTIVE')
            .map((m) => (
              <Badge key={m.id} tone="blue" icon={<IdCard size={12} aria-hidden />} title={t`Member since ${format.day(m.since)}`}>
                {m.type}
              </Badge>
            ))}
          {person.vacant && (
            <span className={css.review}>
              <TriangleAlert size={14} aria-hidden /> <Trans>In no list: all records of this person were deleted or taken back, and nothing else is left</Trans>
            </span>
          )}
          {person.needsReview && (
            <span className={css.review}>
              <TriangleAlert size={14} aria-hidden /> <Trans>More records match than may be joined without a look</Trans>
            </span>
          )}
        </span>
      }
      actions={
        <>
          {can('CLERK') && (
            <Button variant="default" leftSection={<Pencil size={14} aria-hidden />} onClick={() => edit('details')}>
              <Trans>Edit</Trans>
            </Button>
          )}
          {can('CLERK') && (
            <Button variant="default" leftSection={<MergeIcon size={14} aria-hidden />} onClick={() => merge('with')}>
              <Trans>Merge</Trans>
            </Button>
          )}
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={t`More`} variant="default" size={30}>
                <Ellipsis size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {can('CLERK') && <PhotoItems person={person} input={photo} reload={reload} />}
              <Menu.Item
                leftSection={<CopyIcon size={14} aria-hidden />}
                onClick={() => navigator.clipboard?.writeText(person.id).then(() => tell(<Trans>The id is copied.</Trans>))}
              >
                <Trans>Copy id</Trans>
              </Menu.Item>
              <Menu.Item
                leftSection={<CopyIcon size={14} aria-hidden />}
                onClick={() => navigator.clipboard?.writeText(location.href).then(() => tell(<Trans>The address is copied.</Trans>))}
              >
                <Trans>Copy address of this page</Trans>
              </Menu.Item>
              {can('CLERK') && (
                <Menu.Item leftSection={<ShieldCheck size={14} aria-hidden />} onClick={() => askPrivacy('new')}>
                  <Trans>Request about their data…</Trans>
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
          {can('CLERK') && <PhotoInput person={person} input={photo} reload={reload} />}
        </>
      }
    >
      <Contact person={person} />
      <Numbers person={person} />
      <div className={css.columns}>
        <div className={css.wide}>
          <Tabs value={tab} onChange={(v) => change({ tab: v === 'orders' ? null : v })} keepMounted={false} className={css.tabs}>
            <Tabs.List className={css.tabList}>
              <Tabs.Tab value="orders">
                <Trans>Orders and carts</Trans>
              </Tabs.Tab>
              <Tabs.Tab value="timeline">
                <Trans>Timeline</Trans>
              </Tabs.Tab>
              <Tabs.Tab value="purchases">
                <Trans>Products bought</Trans>
              </Tabs.Tab>
              <Tabs.Tab value="messages">
                <Trans>Messages</Trans>
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="orders">
              <Timeline person={person} />
            </Tabs.Panel>
            <Tabs.Panel value="timeline">
              <Suspense fallback={<Skeleton />}>
                <PersonTimeline id={person.id} shops={person.shops} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="purchases">
              <Suspense fallback={<Skeleton />}>
                <Purchases id={person.id} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="messages">
              <Suspense fallback={<Skeleton />}>
                <Messages id={person.id} shops={person.shops} />
              </Suspense>
            </Tabs.Panel>
          </Tabs>
          {can('CLERK') && (
            <Suspense fallback={<Skeleton rows={2} />}>
              <PersonAddresses id={person.id} changed={reload} />
              <PersonFollowUps id={person.id} vacant={person.vacant} />
            </Suspense>
          )}
          <Sources person={person} reload={reload} />
          <Suspense>
            <Changes key={person.photo?.url ?? ''} id={person.id} reload={reload} />
          </Suspense>
        </div>
        <div className={css.slim}>
          <Habits person={person} />
          <LabelsAndNotes person={person}>
            {can('CLERK') && (
              <Suspense>
                <GroupSelect person={person} />
              </Suspense>
            )}
          </LabelsAndNotes>
          <Suspense fallback={<Skeleton rows={2} />}>
            <PersonTasks id={person.id} />
          </Suspense>
          <Suspense fallback={<Skeleton rows={2} />}>
            <PersonMemberships id={person.id} />
          </Suspense>
          <Suspense fallback={<Skeleton rows={3} />}>
            <PersonConsents person={person} reload={reload} />
          </Suspense>
        </div>
      </div>
      {editing !== null && (
        <Suspense>
          <EditDialog person={person} close={stopEditing} done={reload} />
        </Suspense>
      )}
      {asking === 'new' && (
        <Suspense>
          <NewRequest profile={person.id} name={person.displayName} close={stopAsking} />
        </Suspense>
      )}
      {merging !== null && (
        <Suspense>
          <MergeDialog id={person.id} other={isId(merging) ? merging : null} pick={(other) => change({ merge: other || 'with' })} close={stopMerging} done={reload} />
        </Suspense>
      )}
    </Page>
  )
}

function Numbers({ person }: { person: Person }) {
  const { t } = useLingui()
  const format = useFormat()
  const others = person.spentByCurrency.filter((m) => m.currencyCode !== person.spent.currencyCode)
  const all = [person.spent, ...others].map(format.money)
  const gross = sumDecimals([person.spent.amount, person.returned.amount])
  const rate = Number(gross) > 0 ? Number(person.returned.amount) / Number(gross) : 0
  return (
    <Figures>
      <Figure name={t`Spent`} help={t`Paid and kept: orders less returns. ${format.list(all)}`}>
        {format.money(person.spent)}
        {others.length > 0 && <small className={css.also}>{others.map((m) => `+ ${format.money(m)}`).join(' ')}</small>}
      </Figure>
      <Figure name={t`Orders`} help={t`Orders that are not cancelled, unpaid ones included.`}>
        {format.number(person.orderCount)}
      </Figure>
      <Figure name={t`Average order`} help={t`Spent, divided by the number of orders.`}>
        {person.orderCount > 0 ? format.money(person.averageOrder) : '–'}
      </Figure>
      <Figure name={t`Returned`} help={t`Given back, shipping included.`}>
        {format.money(person.returned)}
        {rate > 0 && <small className={css.also}>{format.percent(rate)}</small>}
      </Figure>
      <Figure name={t`Last order`} help={person.lastOrderAt ? format.exact(person.lastOrderAt) : t`No order yet`}>
        {person.lastOrderAt ? <When at={person.lastOrderAt} relative /> : '–'}
      </Figure>
    </Figures>
  )
}

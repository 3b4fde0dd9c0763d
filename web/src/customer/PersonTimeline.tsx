import { Trans, useLingui } from '@lingui/react/macro'
import { Ban, CalendarCheck, FileInput, FileText, IdCard, ListChecks, Mail, MessageSquare, Merge, Package, Pencil, QrCode, ShoppingCart, StickyNote, Tag, Ticket, Undo2, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { useClient } from 'urql'
import { Link } from 'wouter'
import { useHandName, useSendStateName } from '../campaigns/words'
import { useConsentNames } from '../customers/conditions'
import { usePreferenceName } from '../customers/inUse'
import { type ConsentChannel, type ConsentState, type OrderState, PersonTimelineDocument, type PersonTimelineQuery, type SendState, type TimelineKind } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { useFormat } from '../lib/format'
import { useMore } from '../lib/more'
import { More } from '../ui/More'
import { useOrderStateName, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import { useChangeNames } from './Changes'
import css from './PersonTimeline.module.css'

type Event = NonNullable<PersonTimelineQuery['profile']>['timeline']['nodes'][number]

/** What can be chosen, by what it is called in the address. */
const parts = {
  orders: ['ORDER_PLACED', 'ORDER_STATE', 'ORDER_CANCELLED', 'RETURN_REQUESTED', 'REFUND'],
  carts: ['CART'],
  messages: ['MESSAGE'],
  mails: ['EMAIL', 'LETTER', 'SCAN'],
  vouchers: ['VOUCHER_MADE', 'VOUCHER_EXTENDED', 'VOUCHER_REDEEMED', 'VOUCHER_REVOKED', 'VOUCHER_EXPIRED'],
  consents: ['CONSENT', 'OBJECTION', 'OBJECTION_LIFTED'],
  notes: ['NOTE', 'TASK_SET', 'TASK_DONE'],
  changes: ['DETAILS', 'LABEL', 'GROUP'],
  memberships: ['MEMBERSHIP_BEGUN', 'MEMBERSHIP_ENDED', 'MEMBERSHIP_PAID'],
  origin: ['MERGED', 'PARTED', 'IMPORT'],
} satisfies Record<string, TimelineKind[]>
type Part = keyof typeof parts
const all = Object.keys(parts) as Part[]

/** All that happened to a person and about them, newest first. */
export default function PersonTimeline({ id, shops }: { id: string; shops: { id: string; name: string }[] }) {
  const { t } = useLingui()
  const client = useClient()
  const [address, change] = useAddress()
  const shown = all.filter((p) => address.get('events')?.split(',').includes(p))
  const list = useMore(`timeline of ${id} ${shown}`, async (after) => {
    const kinds = shown.length > 0 ? shown.flatMap((p): TimelineKind[] => parts[p]) : null
    const { data, error } = await client.query(PersonTimelineDocument, { id, kinds, after }, { requestPolicy: 'network-only' }).toPromise()
    if (!data?.profile) return { error }
    const { nodes, pageInfo } = data.profile.timeline
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } }
  })
  const names: Record<Part, string> = {
    orders: t`Orders`,
    carts: t`Carts`,
    messages: t`Messages`,
    mails: t`E-mails and letters`,
    vouchers: t`Vouchers`,
    consents: t`Consents`,
    notes: t`Notes and tasks`,
    changes: t`Changes`,
    memberships: t`Memberships`,
    origin: t`Merges and imports`,
  }
  return (
    <>
      <div className={css.chips} role="group" aria-label={t`Show only`}>
        {all.map((p) => (
          <button
            key={p}
            type="button"
            className={css.chip}
            aria-pressed={shown.includes(p)}
            onClick={() => change({ events: all.filter((x) => shown.includes(x) !== (x === p)).join(',') || null })}
          >
            {names[p]}
          </button>
        ))}
      </div>
      {list.rows?.length === 0 && (
        <Empty title={shown.length > 0 ? <Trans>Nothing of this kind</Trans> : <Trans>Nothing has happened yet</Trans>}>
          <Trans>Orders, carts, messages, vouchers, consents and what your team writes down will be here by date.</Trans>
        </Empty>
      )}
      <ol className={css.list}>
        {list.rows?.map((e) => (
          <li key={e.key} className={css.event}>
            <Row event={e} shop={shops.length > 1 ? shops.find((s) => s.id === e.shopId)?.name : undefined} />
          </li>
        ))}
      </ol>
      {!list.rows && (list.error ? <Failure error={list.error} retry={list.more} /> : <Skeleton rows={6} />)}
      {list.rows && <More list={list} />}
    </>
  )
}

function Row({ event: e, shop }: { event: Event; shop?: string }) {
  const { icon, what, href, text } = useTold(e)
  return (
    <>
      <span className={css.icon}>{icon}</span>
      <span className={css.what}>
        {href ? <Link href={href}>{what}</Link> : what}
        {text && <span className={css.text}>{text}</span>}
        {(e.actor || shop) && <span className={css.by}>{[e.actor, shop].filter(Boolean).join(' · ')}</span>}
      </span>
      <span className={css.at}>
        <When at={e.at} />
      </span>
    </>
  )
}

type Told = { icon: ReactNode; what: ReactNode; href?: string; text?: ReactNode }

/** An event in words. */
function useTold(e: Event): Told {
  const { t } = useLingui()
  const format = useFormat()
  const { channels, states } = useConsentNames()
  const preferenceName = usePreferenceName()
  const sends = useSendStateName()
  const hand = useHandName()
  const orderState = useOrderStateName()
  const changed = useChangeNames()
  const [address] = useAddress()
  const money = e.amount && e.currency ? format.money({ amount: e.amount, currencyCode: e.currency }) : ''
  const off = e.detail === 'PERCENT' && e.amount ? format.percent(Number(e.amount) / 100) : e.detail === 'FREE_SHIPPING' ? t`free shipping` : money
  const { title } = e
  const size = 14
  const drawer = e.thingId ? `?${new URLSearchParams({ ...Object.fromEntries(address), message: e.thingId })}` : undefined
  const order = { icon: <Package size={size} aria-hidden />, href: e.thingId ? `/orders?order=${e.thingId}` : undefined }
  const voucher = { icon: <Ticket size={size} aria-hidden />, href: drawer, text: off }
  const [channel = '', ...preference] = title.split(':')
  const channelName = [channels[channel as ConsentChannel], preferenceName(channel, preference.join(':'))].filter(Boolean).join(', ')
  const member = { icon: <IdCard size={size} aria-hidden />, text: [title, e.kind === 'MEMBERSHIP_PAID' && money].filter(Boolean).join(', ') }
  const put = { ADDED: t`added`, REMOVED: t`removed`, UNDONE: t`taken back` }[e.detail]
  switch (e.kind) {
    case 'ORDER_PLACED':
      return { ...order, what: t`Order ${title}`, text: [money, orderState(e.detail as OrderState)].filter(Boolean).join(' · ') }
    case 'ORDER_STATE':
      return { ...order, what: t`Order ${title}: ${e.detail}` }
    case 'ORDER_CANCELLED':
      return { ...order, what: t`Order ${title} cancelled` }
    case 'RETURN_REQUESTED':
      return { icon: <Undo2 size={size} aria-hidden />, href: order.href, what: t`Return of order ${title}` }
    case 'REFUND':
      return { icon: <Undo2 size={size} aria-hidden />, href: order.href, what: t`Refund of order ${title}`, text: money }
    case 'CART':
      return { icon: <ShoppingCart size={size} aria-hidden />, href: e.thingId ? `/carts?cart=${e.thingId}` : undefined, what: t`Cart without an order`, text: money }
    case 'MESSAGE':
      return { icon: <MessageSquare size={size} aria-hidden />, what: e.detail === 'FROM_CUSTOMER' ? t`Message from the customer` : e.detail === 'PRIVATE' ? t`Message only for staff` : t`Message from the shop`, text: title }
    case 'EMAIL':
    case 'LETTER':
      return {
        icon: e.kind === 'EMAIL' ? <Mail size={size} aria-hidden /> : <FileText size={size} aria-hidden />,
        href: drawer,
        what: title || (e.detail === 'RESENT' ? hand.RESEND : hand.GOODWILL_MAIL),
        text: [channels[e.kind], sends[e.detail as SendState]].filter(Boolean).join(', '),
      }
    case 'SCAN':
      return { icon: <QrCode size={size} aria-hidden />, href: drawer, what: t`Letter scanned`, text: title }
    case 'VOUCHER_MADE':
      return { ...voucher, what: t`Voucher ${title} made` }
    case 'VOUCHER_EXTENDED':
      return { ...voucher, what: t`Voucher ${title} extended` }
    case 'VOUCHER_REDEEMED':
      return { ...voucher, what: t`Voucher ${title} redeemed` }
    case 'VOUCHER_REVOKED':
      return { ...voucher, what: t`Voucher ${title} revoked` }
    case 'VOUCHER_EXPIRED':
      return { ...voucher, what: t`Voucher ${title} ended unused` }
    case 'CONSENT':
      return { icon: <CalendarCheck size={size} aria-hidden />, what: t`Consent: ${channelName}`, text: states[e.detail as ConsentState] }
    case 'OBJECTION':
      return { icon: <Ban size={size} aria-hidden />, what: t`Wants no more: ${channelName}` }
    case 'OBJECTION_LIFTED':
      return { icon: <Undo2 size={size} aria-hidden />, what: t`Objection taken back: ${channelName}` }
    case 'DETAILS':
      return { icon: <Pencil size={size} aria-hidden />, what: t`Details changed`, text: [title.split(',').map((n) => changed[n] ?? n).join(', '), put].filter(Boolean).join(' · ') }
    case 'LABEL':
      return { icon: <Tag size={size} aria-hidden />, what: t`Label ${title}`, text: put }
    case 'GROUP':
      return { icon: <Users size={size} aria-hidden />, what: t`Group ${title}`, text: put }
    case 'NOTE':
      return { icon: <StickyNote size={size} aria-hidden />, what: t`Note`, text: title }
    case 'TASK_SET':
      return { icon: <ListChecks size={size} aria-hidden />, what: t`Task set`, text: title }
    case 'TASK_DONE':
      return { icon: <ListChecks size={size} aria-hidden />, what: t`Task done`, text: title }
    case 'MEMBERSHIP_BEGUN':
      return { ...member, what: t`Membership began` }
    case 'MEMBERSHIP_ENDED':
      return { ...member, what: t`Membership ended` }
    case 'MEMBERSHIP_PAID':
      return { ...member, what: t`Membership paid` }
    case 'MERGED':
      return { icon: <Merge size={size} aria-hidden />, what: e.detail === 'HAND' ? t`Merged by hand` : t`Joined by matching` }
    case 'PARTED':
      return { icon: <Merge size={size} aria-hidden />, what: t`Joining undone` }
    case 'IMPORT':
      return { icon: <FileInput size={size} aria-hidden />, href: e.thingId ? `/customers/import/${e.thingId}` : undefined, what: t`Import`, text: title }
  }
}

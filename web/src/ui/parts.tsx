import { Trans, useLingui } from '@lingui/react/macro'
import { Tooltip } from '@mantine/core'
import {
  Ban,
  BadgeCheck,
  Check,
  CircleDashed,
  CircleDot,
  Clock,
  Copy as CopyIcon,
  ExternalLink,
  PackageCheck,
  RotateCcw,
  ShoppingCart,
  TriangleAlert,
  Truck,
  Undo2,
} from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { CartState, OrderBadge, OrderState, Platform, RunState, ShopState } from '../gql/graphql'
import { type Money, useFormat } from '../lib/format'
import { safeHref } from '../lib/link'
import css from './parts.module.css'

/** A value that a click copies. */
export function Copy({ value, label, children }: { value: string; label?: string; children?: ReactNode }) {
  const { t } = useLingui()
  const [copied, setCopied] = useState(false)
  const timer = useRef(0)
  const name = label ?? value
  return (
    <span className={css.copy}>
      {children ?? <span>{value}</span>}
      <Tooltip label={copied ? t`Copied` : t`Copy`}>
        <button
          type="button"
          className={css.copyButton}
          aria-label={copied ? t`Copied` : t`Copy ${name}`}
          onClick={async (event) => {
            event.stopPropagation()
            await copyText(value)
            setCopied(true)
            window.clearTimeout(timer.current)
            timer.current = window.setTimeout(() => setCopied(false), 1500)
          }}
        >
          {copied ? <Check size={13} aria-hidden /> : <CopyIcon size={13} aria-hidden />}
        </button>
      </Tooltip>
    </span>
  )
}

async function copyText(value: string) {
  try {
    await navigator.clipboard.writeText(value)
  } catch {
    // Without HTTPS the clipboard is closed to scripts; a selection can still be copied.
    const area = document.createElement('textarea')
    area.value = value
    area.className = 'hidden-text'
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

/** A time: near ones in words, others as a day; exact on hover and focus. */
export function When({ at, relative }: { at: string; relative?: boolean }) {
  const format = useFormat()
  const near = relative || Date.now() - new Date(at).getTime() < 7 * 86_400_000
  return (
    <Tooltip label={format.exact(at)}>
      <time dateTime={at} className={css.when}>
        {near ? format.ago(at) : format.shortDay(at)}
      </time>
    </Tooltip>
  )
}

export function Amount({ value, minus }: { value: Money; minus?: boolean }) {
  const format = useFormat()
  return (
    <span className="figures">
      {minus && '−'}
      {format.money(value)}
    </span>
  )
}

/** A link to a page elsewhere; text where the address is none that may be opened. */
export function OutLink({ href, children, label }: { href: string | null | undefined; children: ReactNode; label?: string }) {
  const safe = safeHref(href)
  if (!safe) return <>{children}</>
  return (
    <a href={safe} target="_blank" rel="noreferrer noopener" className={css.out} aria-label={label}>
      {children}
      <ExternalLink size={12} aria-hidden className={css.outIcon} />
    </a>
  )
}

export type Tone = 'amber' | 'green' | 'red' | 'blue' | 'grey' | 'teal'

/** A state: colour, icon and word. */
export function Badge({ tone, icon, children, title }: { tone: Tone; icon?: ReactNode; children: ReactNode; title?: string }) {
  const badge = (
    <span className={css.badge} data-tone={tone}>
      {icon}
      {children}
    </span>
  )
  return title ? (
    <Tooltip label={title}>{badge}</Tooltip>
  ) : (
    badge
  )
}

/** How a state looks and what it is called. */
type Look = { tone: Tone; icon: ReactNode; word: ReactNode }

function StateBadge({ look: { tone, icon, word } }: { look: Look }) {
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  )
}

const cartLooks: Record<CartState, Look> = {
  ABANDONED: { tone: 'amber', icon: <ShoppingCart size={12} aria-hidden />, word: <Trans>abandoned</Trans> },
  RECOVERED: { tone: 'green', icon: <RotateCcw size={12} aria-hidden />, word: <Trans>recovered</Trans> },
  OPEN: { tone: 'grey', icon: <CircleDashed size={12} aria-hidden />, word: <Trans>open</Trans> },
  ORDERED: { tone: 'grey', icon: <Check size={12} aria-hidden />, word: <Trans>ordered</Trans> },
}

export function CartBadge({ state }: { state: CartState }) {
  return <StateBadge look={cartLooks[state]} />
}

export function OrderMark({ badge }: { badge: OrderBadge }) {
  const { t } = useLingui()
  return badge === 'RECOVERED' ? (
    <Badge tone="green" icon={<RotateCcw size={12} aria-hidden />} title={t`An abandoned cart led to this order.`}>
      <Trans context="order">recovered</Trans>
    </Badge>
  ) : (
    <Badge tone="amber" icon={<Clock size={12} aria-hidden />} title={t`The shop has not validated this order.`}>
      <Trans>not validated</Trans>
    </Badge>
  )
}

export function useOrderStateName(): (state: OrderState) => string {
  const { t } = useLingui()
  return (state) =>
    ({
      OPEN: t`Open`,
      PAID: t`Paid`,
      SHIPPED: t`Shipped`,
      DELIVERED: t`Delivered`,
      CANCELLED: t`Cancelled`,
      REFUNDED: t`Refunded`,
    })[state]
}

const orderIcons: Record<OrderState, ReactNode> = {
  OPEN: <CircleDashed size={13} aria-hidden />,
  PAID: <Check size={13} aria-hidden />,
  SHIPPED: <Truck size={13} aria-hidden />,
  DELIVERED: <PackageCheck size={13} aria-hidden />,
  CANCELLED: <Ban size={13} aria-hidden />,
  REFUNDED: <Undo2 size={13} aria-hidden />,
}

/** An order's state in our words, with the shop's own on hover. */
export function OrderStateText({ state, shopState }: { state: OrderState; shopState?: string }) {
  const { t } = useLingui()
  const name = useOrderStateName()(state)
  const text = (
    <span className={css.orderState} data-off={state === 'CANCELLED' || undefined}>
      {orderIcons[state]} {name}
    </span>
  )
  return shopState ? <Tooltip label={t`In the shop’s words: ${shopState}`}>{text}</Tooltip> : text
}

const shopLooks: Record<ShopState, Look> = {
  CONNECTED: { tone: 'green', icon: <BadgeCheck size={12} aria-hidden />, word: <Trans>connected</Trans> },
  PULLING: { tone: 'teal', icon: <CircleDot size={12} aria-hidden />, word: <Trans>pulling</Trans> },
  PAUSED: { tone: 'grey', icon: <Clock size={12} aria-hidden />, word: <Trans>paused</Trans> },
  ATTENTION: { tone: 'red', icon: <TriangleAlert size={12} aria-hidden />, word: <Trans>needs attention</Trans> },
  DISCONNECTED: { tone: 'grey', icon: <Ban size={12} aria-hidden />, word: <Trans>disconnected</Trans> },
}

export function ShopBadge({ state }: { state: ShopState }) {
  return <StateBadge look={shopLooks[state]} />
}

const runLooks: Record<RunState, Look> = {
  QUEUED: { tone: 'grey', icon: <Clock size={12} aria-hidden />, word: <Trans>waiting</Trans> },
  RUNNING: { tone: 'teal', icon: <CircleDot size={12} aria-hidden />, word: <Trans>running</Trans> },
  PAUSED: { tone: 'grey', icon: <Clock size={12} aria-hidden />, word: <Trans>paused</Trans> },
  DONE: { tone: 'green', icon: <Check size={12} aria-hidden />, word: <Trans>done</Trans> },
  FAILED: { tone: 'red', icon: <TriangleAlert size={12} aria-hidden />, word: <Trans>failed</Trans> },
  CANCELLED: { tone: 'grey', icon: <Ban size={12} aria-hidden />, word: <Trans>cancelled</Trans> },
}

export function RunBadge({ state }: { state: RunState }) {
  return <StateBadge look={runLooks[state]} />
}

export const platformNames: Record<Platform, string> = { SHOPIFY: 'Shopify', PRESTASHOP: 'PrestaShop' }

/** A platform's mark: our own small glyph in one colour, with the name for those who do not see it. */
export function PlatformMark({ platform }: { platform: Platform }) {
  return (
    <svg className={css.mark} width="14" height="14" viewBox="0 0 14 14" role="img" aria-label={platformNames[platform]}>
      <title>{platformNames[platform]}</title>
      {platform === 'SHOPIFY' ? (
        <path
          d="M2.2 4.6h9.6l.9 8.2H1.3zM4.7 6.2V3.5a2.3 2.3 0 0 1 4.6 0v2.7"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      ) : (
        <path
          d="M1.3 1.8h1.9l1.5 7.4h6.2l1.4-5.3H3.7M5.4 12.2h.01M10.4 12.2h.01"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      )}
    </svg>
  )
}

export function ShopName({ shop }: { shop: { name: string; platform: Platform } }) {
  return (
    <span className={css.shop}>
      <PlatformMark platform={shop.platform} />
      <span className="one-line">{shop.name}</span>
    </span>
  )
}

/** A word put on something by people. */
export function LabelChip({ name, children }: { name: string; children?: ReactNode }) {
  return (
    <span className={css.label}>
      <span className="one-line">{name}</span>
      {children}
    </span>
  )
}

/** Whose something is, with the way to their card. */
export function Owner({ profile, nobody }: { profile: { id: string; displayName: string } | null; nobody?: ReactNode }) {
  const { t } = useLingui()
  if (!profile) return <span className="quiet">{nobody ?? <Trans>Visitor</Trans>}</span>
  return (
    <Link href={`/customers/${profile.id}`} className={css.owner}>
      {profile.displayName || t`No name`}
    </Link>
  )
}

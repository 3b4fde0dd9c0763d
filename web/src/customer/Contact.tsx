import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Popover, Tooltip, UnstyledButton } from '@mantine/core'
import { Cake, Check, CircleHelp, Mail, MapPin, MessageSquareText, Minus, Phone, PenLine, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ConsentChannel, ConsentState, SourceNameFragment } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { useConsentNames } from '../customers/conditions'
import { Badge, Copy, PlatformMark, When } from '../ui/parts'
import css from './Contact.module.css'
import type { Person } from './Customer'

type Address = Person['addresses'][number]

/** How to reach somebody, and whether it is allowed. */
export function Contact({ person }: { person: Person }) {
  const { t } = useLingui()
  const format = useFormat()
  const places = grouped(person.addresses)
  const email = person.emails[0]
  const phone = person.phones[0]
  const place = places[0]
  const hidden = person.emails.length + person.phones.length + places.length - [email, phone, place].filter(Boolean).length
  return (
    <div className={css.line}>
      {email && (
        <span className={css.way}>
          <Mail size={14} aria-hidden />
          <Copy value={email.address}>
            <a href={`mailto:${encodeURIComponent(email.address).replace('%40', '@')}`}>{email.address}</a>
          </Copy>
        </span>
      )}
      {phone && (
        <span className={css.way}>
          <Phone size={14} aria-hidden />
          <Copy value={phone.number}>
            <a href={`tel:${phone.number.replace(/[^\d+]/g, '')}`}>{phone.number}</a>
          </Copy>
        </span>
      )}
      {place && (
        <span className={css.way}>
          <MapPin size={14} aria-hidden />
          <Copy value={written(place.address)} label={t`the address`}>
            <span>{short(place.address)}</span>
          </Copy>
          {place.address.takenAt && (
            <Badge tone="blue">
              <Trans>from the post</Trans>
            </Badge>
          )}
        </span>
      )}
      {person.birthday && (
        <span className={css.way} title={t`Birthday`}>
          <Cake size={14} aria-hidden />
          {format.calendarDay(person.birthday)}
        </span>
      )}
      <Popover position="bottom-start" trapFocus>
        <Popover.Target>
          <UnstyledButton className={css.all}>
            {hidden > 0 ? <Plural value={hidden} one="# more, with sources" other="# more, with sources" /> : <Trans>Sources</Trans>}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown className={css.details} aria-label={t`Contact details`}>
          <Details person={person} places={places} />
        </Popover.Dropdown>
      </Popover>
      <span className={css.consents}>
        {(['EMAIL', 'LETTER', 'SMS'] as const).map((channel) => (
          <ConsentMark key={channel} channel={channel} person={person} />
        ))}
      </span>
    </div>
  )
}

const channelIcons: Record<ConsentChannel, ReactNode> = {
  EMAIL: <Mail size={13} aria-hidden />,
  LETTER: <PenLine size={13} aria-hidden />,
  SMS: <MessageSquareText size={13} aria-hidden />,
}

/** Whether one may write: yes, no, or never asked. */
export function consentTone(state: ConsentState): 'green' | 'red' | 'grey' {
  if (state === 'GRANTED' || state === 'CONFIRMED') return 'green'
  return state === 'REFUSED' || state === 'WITHDRAWN' ? 'red' : 'grey'
}

function ConsentMark({ channel, person }: { channel: ConsentChannel; person: Person }) {
  const { t } = useLingui()
  const names = useConsentNames()
  const state = person.consents.find((c) => c.channel === channel && c.preference === '')?.state ?? 'UNKNOWN'
  const tone = consentTone(state)
  const channelName = names.channels[channel]
  const stateName = names.states[state]
  const Icon = tone === 'green' ? Check : tone === 'red' ? X : state === 'PENDING' ? CircleHelp : Minus
  return (
    <Tooltip label={t`${channelName}: ${stateName}`}>
      <a href="#consents" className={css.consent} data-tone={tone} aria-label={t`${channelName}: ${stateName}`}>
        {channelIcons[channel]}
        <span>{channelName}</span>
        <Icon size={13} aria-hidden />
      </a>
    </Tooltip>
  )
}

type Place = { address: Address; sources: SourceNameFragment[] }

/** The same address from several sources is said once. */
function grouped(addresses: Address[]): Place[] {
  const places = new Map<string, Place>()
  for (const address of addresses) {
    const key = `${address.takenAt ?? ''} ${written(address).toLowerCase()}`
    const place = places.get(key)
    if (!place) places.set(key, { address, sources: [address.source] })
    else if (!place.sources.some((s) => s.id === address.source.id)) place.sources.push(address.source)
  }
  return [...places.values()]
}

function short(a: Address): string {
  return [a.line1, [a.postalCode, a.city].filter(Boolean).join(' '), a.countryCode].filter(Boolean).join(', ')
}

function written(a: Address): string {
  return [[a.firstName, a.lastName].filter(Boolean).join(' '), a.company, a.line1, a.line2, [a.postalCode, a.city].filter(Boolean).join(' '), a.region, a.countryCode]
    .filter(Boolean)
    .join('\n')
}

function Details({ person, places }: { person: Person; places: Place[] }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <dl className={css.list}>
      {person.emails.map((e) => (
        <Detail key={e.address} name={t`E-mail`} sources={e.sources}>
          <Copy value={e.address} />
        </Detail>
      ))}
      {person.phones.map((p) => (
        <Detail key={p.number} name={t`Phone`} sources={p.sources}>
          <Copy value={p.number} />
        </Detail>
      ))}
      {places.map((p) => (
        <Detail key={`${p.address.takenAt} ${written(p.address)}`} name={t`Address`} sources={p.sources}>
          <Copy value={written(p.address)} label={t`the address`}>
            <span className={css.written}>
              {written({ ...p.address, countryCode: p.address.countryCode && format.country(p.address.countryCode) })}
            </span>
          </Copy>
          {p.address.takenAt && (
            <p className={css.from}>
              <Trans>
                Taken from what the post reported, <When at={p.address.takenAt} />
              </Trans>
            </p>
          )}
          {p.address.replaced && (
            <p className={css.from}>
              <Trans>A letter came back from here; letters go to the address from the post.</Trans>
            </p>
          )}
          {p.address.phone && !person.phones.some((other) => other.number === p.address.phone) && <Copy value={p.address.phone} />}
        </Detail>
      ))}
    </dl>
  )
}

function Detail({ name, sources, children }: { name: string; sources: SourceNameFragment[]; children: ReactNode }) {
  return (
    <div className={css.detail}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      <dd className={css.from}>
        {sources.map((s) => (
          <SourceName key={s.id} source={s} />
        ))}
      </dd>
    </div>
  )
}

export function SourceName({ source }: { source: SourceNameFragment }) {
  const { t } = useLingui()
  const kinds = { SHOP: t`Shop`, IMPORT: t`Import`, API: t`Another program`, MANUAL: t`Typed by hand` }
  if (!source.shop) return <span>{kinds[source.kind]}</span>
  return (
    <span className={css.source}>
      <PlatformMark platform={source.shop.platform} /> {source.shop.name}
    </span>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal } from '@mantine/core'
import { ArrowLeftRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { useLocation } from 'wouter'
import { tell, tellFailed } from '../app/toasts'
import { useConsentNames } from '../customers/conditions'
import { PickPerson } from '../customers/PickPerson'
import {
  AllowTogetherDocument,
  type ConsentState,
  KeepApartDocument,
  MergePreviewDocument,
  type MergePreviewQuery,
  MergeProfilesDocument,
  UnmergeProfilesDocument,
} from '../gql/graphql'
import { sumDecimals } from '../lib/decimal'
import { type Money, useFormat } from '../lib/format'
import { forgetPages } from '../lib/pages'
import { toldRefusal } from '../ui/Form'
import { Amount, LabelChip } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './MergeDialog.module.css'

type Side = NonNullable<MergePreviewQuery['profile']>

/** Joins another profile with this one, after showing what comes out. */
export default function MergeDialog({ id, other, pick, close, done }: { id: string; other: string | null; pick: (other: string) => void; close: () => void; done: () => void }) {
  const { t } = useLingui()
  return (
    <Modal opened onClose={close} title={t`Merge with another profile`} size="lg" closeButtonProps={{ 'aria-label': t`Close` }}>
      {other ? <Preview id={id} other={other} back={() => pick('')} close={close} done={done} /> : <PickPerson label={t`Who is the same person?`} except={id} pick={pick} />}
    </Modal>
  )
}

const strictness: ConsentState[] = ['WITHDRAWN', 'REFUSED', 'PENDING', 'UNKNOWN', 'GRANTED', 'CONFIRMED']

/** What holds after a merge: the stricter of both. */
function stricter(a: ConsentState, b: ConsentState): ConsentState {
  return strictness.indexOf(a) <= strictness.indexOf(b) ? a : b
}

function Preview({ id, other, back, close, done }: { id: string; other: string; back: () => void; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [swapped, setSwapped] = useState(false)
  const [a] = useQuery({ query: MergePreviewDocument, variables: { id }, requestPolicy: 'network-only' })
  const [b, askB] = useQuery({ query: MergePreviewDocument, variables: { id: other }, requestPolicy: 'network-only' })
  const [{ fetching }, merge] = useMutation(MergeProfilesDocument)
  const [, unmerge] = useMutation(UnmergeProfilesDocument)
  const [{ fetching: parting }, keepApart] = useMutation(KeepApartDocument)
  const [, allowTogether] = useMutation(AllowTogetherDocument)
  const error = a.error ?? b.error
  if (error) return <Failure error={error} retry={() => askB({ requestPolicy: 'network-only' })} />
  const one = a.data?.profile
  const two = b.data?.profile
  if (!one || !two) return <Skeleton />
  const [stays, joins] = swapped ? [two, one] : [one, two]

  async function act() {
    const { data, error: failed } = await merge({ into: stays.id, from: [joins.id] })
    if (toldRefusal(data?.mergeProfiles, failed)) return
    forgetPages()
    const mergeId = data?.mergeProfiles.merge?.id
    const survivor = data?.mergeProfiles.profile?.id ?? stays.id
    tell(
      <Trans>Merged: {joins.displayName} is now part of {stays.displayName}.</Trans>,
      mergeId
        ? async () => {
            const undone = await unmerge({ mergeId })
            if (undone.error || undone.data?.unmergeProfiles.errors.length) {
              tellFailed(<Trans>This could not be undone. Look at the profile’s merges.</Trans>)
            } else {
              forgetPages()
              done()
              tell(<Trans>The merge is undone.</Trans>)
            }
          }
        : undefined,
    )
    if (survivor !== id) navigate(`/customers/${survivor}`, { replace: true })
    else {
      close()
      done()
    }
  }

  async function part() {
    const { data, error: failed } = await keepApart({ profileIds: [id, other] })
    if (toldRefusal(data?.keepApart, failed)) return
    close()
    done()
    tell(<Trans>{stays.displayName} and {joins.displayName} will never be matched.</Trans>, async () => {
      const undone = await allowTogether({ profileIds: [id, other] })
      if (undone.error || undone.data?.allowTogether.errors.length) tellFailed(<Trans>This could not be undone.</Trans>)
      else done()
    })
  }

  return (
    <>
      <div className={css.sides}>
        <SideCard side={stays} title={t`Stays, with its id`} />
        <button type="button" className={css.swap} aria-label={t`Keep the other one instead`} title={t`Keep the other one instead`} onClick={() => setSwapped(!swapped)}>
          <ArrowLeftRight size={16} aria-hidden />
        </button>
        <SideCard side={joins} title={t`Joins it`} />
      </div>
      <Outcome one={one} two={two} />
      <div className={css.buttons}>
        <Button variant="default" onClick={back}>
          <Trans>Choose somebody else</Trans>
        </Button>
        <Button variant="subtle" loading={parting} onClick={part}>
          <Trans>Never merge these two</Trans>
        </Button>
        <Button loading={fetching} onClick={act} data-autofocus>
          <Trans>Merge</Trans>
        </Button>
      </div>
    </>
  )
}

function SideCard({ side, title }: { side: Side; title: string }) {
  const format = useFormat()
  const a = side.addresses[0]
  return (
    <div className={css.side}>
      <p className={css.sideTitle}>{title}</p>
      <p className={css.name}>{side.displayName}</p>
      <p>{side.emails[0]?.address}</p>
      <p>{side.phones[0]?.number}</p>
      {a && <p>{[a.line1, [a.postalCode, a.city].filter(Boolean).join(' ')].filter(Boolean).join(', ')}</p>}
      <p className={css.facts}>
        {format.list(side.shops.map((s) => s.name))} · <Plural value={side.orderCount} one="# order" other="# orders" /> · <Amount value={side.spent} />
      </p>
    </div>
  )
}

function Outcome({ one, two }: { one: Side; two: Side }) {
  const { t } = useLingui()
  const format = useFormat()
  const names = useConsentNames()
  const unique = (values: string[]) => [...new Set(values)]
  const emails = unique([...one.emails, ...two.emails].map((e) => e.address))
  const phones = unique([...one.phones, ...two.phones].map((p) => p.number))
  const labels = unique([...one.labels, ...two.labels].map((l) => l.name))
  const shops = unique([...one.shops, ...two.shops].map((s) => s.name))
  const spent: Money[] = unique([...one.spentByCurrency, ...two.spentByCurrency].map((m) => m.currencyCode)).map((currencyCode) => ({
    currencyCode,
    amount: sumDecimals([...one.spentByCurrency, ...two.spentByCurrency].filter((m) => m.currencyCode === currencyCode).map((m) => m.amount)),
  }))
  const consents = (['EMAIL', 'LETTER', 'SMS'] as const).flatMap((channel) => {
    const said = [one, two].map((p) => p.consents.find((c) => c.channel === channel && c.preference === '')?.state)
    const states = said.filter((s) => s !== undefined)
    if (states.length === 0) return []
    // A side that knows nothing does not narrow what the other one said.
    const state = states.reduce(stricter)
    return [`${names.channels[channel]}: ${names.states[state]}`]
  })
  return (
    <div className={css.outcome}>
      <p className={css.sideTitle}>
        <Trans>What comes out</Trans>
      </p>
      <dl>
        <Row name={t`Orders`}>{format.number(one.orderCount + two.orderCount)}</Row>
        <Row name={t`Spent`}>{format.list(spent.map(format.money))}</Row>
        <Row name={t`Shops`}>{format.list(shops)}</Row>
        <Row name={t`E-mails`}>{format.list(emails) || '–'}</Row>
        <Row name={t`Phones`}>{format.list(phones) || '–'}</Row>
        {labels.length > 0 && (
          <Row name={t`Labels`}>
            {labels.map((l) => (
              <LabelChip key={l} name={l} />
            ))}
          </Row>
        )}
        <Row name={t`Consents`}>{consents.length > 0 ? consents.join(' · ') : t`never asked`}</Row>
      </dl>
      <p className={css.facts}>
        <Trans>Of what both said about consent the stricter holds. Nothing is lost: a merge can be undone at any time.</Trans>
      </p>
    </div>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={css.row}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

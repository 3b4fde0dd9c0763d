import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Drawer } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { FollowUpDecideDocument, FollowUpDocument, type FollowUpQuery, type VoucherFinding, type VoucherState } from '../gql/graphql'
import { isId } from '../lib/link'
import { toldRefusal } from '../ui/Form'
import { HandActs } from './HandActs'
import { LetterActs, LetterFacts } from '../letters/LetterPart'
import { MessageBadge } from '../letters/words'
import { OpenCustomer } from '../ui/OneDrawer'
import { Amount, Copy, When } from '../ui/parts'
import { Said } from '../ui/said'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Campaign.module.css'
import { ReasonText } from './Refusals'
import { useBasisName, useHandName, useOffer } from './words'

export type Message = NonNullable<FollowUpQuery['followUp']>
type Props = { opened: string | null; open: (id: string) => void; close: () => void; decided: () => void; onCard?: boolean }

/** One message, whole. The API knows messages by person, so the address names both. */
export function FollowUpDrawer({ opened, open, close, decided, onCard }: Props) {
  const { t } = useLingui()
  const id = opened ?? ''
  const [{ data, error, fetching }, ask] = useQuery({
    query: FollowUpDocument,
    variables: { id },
    pause: !isId(id),
    requestPolicy: 'network-only',
  })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const message = data?.followUp
  useUnderWay(message, () => {
    reload()
    decided()
  })
  const recipient = message?.letter?.recipient[0]
  return (
    <Drawer opened={opened !== null} onClose={close} position="right" title={message?.email?.subject || (recipient ? t`Letter to ${recipient}` : t`Message`)} closeButtonProps={{ 'aria-label': t`Close` }} transitionProps={{ duration: 120 }}>
      {message ? (
        <>
          <Facts message={message} />
          <Decide
            message={message}
            done={() => {
              reload()
              decided()
            }}
          />
          <HandActs
            key={message.id}
            message={message}
            open={open}
            done={() => {
              reload()
              decided()
            }}
          />
          {message.letter && (
            <LetterActs
              id={message.id}
              letter={message.letter}
              done={() => {
                reload()
                decided()
              }}
            />
          )}
          {message.email && <p className={css.mail}>{message.email.text}</p>}
          {!onCard && <OpenCustomer profile={{ id: message.profileId }} />}
        </>
      ) : error && !fetching ? (
        <Failure error={error} retry={reload} />
      ) : fetching ? (
        <Skeleton />
      ) : (
        <Empty title={<Trans>Nothing has this id</Trans>}>
          <Trans>It does not exist, or you may not see it.</Trans>
        </Empty>
      )}
    </Drawer>
  )
}

/** Looks again every second while something that a person asked for is being done. */
function useUnderWay(m: Message | null | undefined, look: () => void) {
  const asked = m?.byHand && (m.state === 'DUE' || m.state === 'SENDING')
  const busy = !!m && (!!asked || !!m.voucher?.extendTo || (!!m.voucher?.revokeAt && m.voucher.state === 'ISSUED'))
  const looked = useRef(look)
  useEffect(() => {
    looked.current = look
  })
  useEffect(() => {
    if (!busy) return
    const timer = setInterval(() => looked.current(), 1000)
    return () => clearInterval(timer)
  }, [busy])
}

function Facts({ message: m }: { message: Message }) {
  const { t } = useLingui()
  const bases = useBasisName()
  const made = useHandName()
  return (
    <dl className={css.facts}>
      <dt>{t`State`}</dt>
      <dd>
        <MessageBadge state={m.state} letter={m.letter} /> {!m.letter?.orderedAt && <When at={m.sentAt ?? m.dueAt} />}
      </dd>
      {m.byHand && (
        <>
          <dt>{t`By hand`}</dt>
          <dd>
            {made[m.byHand]}
            {m.decidedBy && <span className={css.why}>{m.decidedBy}</span>}
          </dd>
        </>
      )}
      {m.reason && (
        <>
          <dt>{t`Reason`}</dt>
          <dd>
            <ReasonText reason={m.reason} />
          </dd>
        </>
      )}
      {m.detail && (
        <>
          <dt>{t`What happened`}</dt>
          <dd>
            <Said sentence={m.cause} text={m.detail} />
          </dd>
        </>
      )}
      {m.basis && (
        <>
          <dt>{t`Legal basis`}</dt>
          <dd>{bases[m.basis]}</dd>
        </>
      )}
      {m.email && (
        <>
          <dt>{t`Recipient`}</dt>
          <dd>
            <Copy value={m.email.recipient} />
          </dd>
        </>
      )}
      {m.letter && <LetterFacts letter={m.letter} />}
      {m.voucher && (
        <>
          <dt>{t`Voucher`}</dt>
          <dd>
            <Voucher voucher={m.voucher} />
          </dd>
        </>
      )}
      {m.order && (
        <>
          <dt>{t`Order after it`}</dt>
          <dd>
            <Link href={`/orders?order=${m.order.id}`}>{m.order.number}</Link> <Amount value={m.order.total} />
            <span className={css.why}>
              {m.order.days === 0 ? <Trans>on the same day</Trans> : <Plural value={m.order.days} one="# day later" other="# days later" />}
              {m.voucher && ' · '}
              {m.voucher && (m.order.byVoucher ? <Trans>with this voucher</Trans> : <Trans>without this voucher</Trans>)}
            </span>
          </dd>
        </>
      )}
    </dl>
  )
}

function Voucher({ voucher: v }: { voucher: NonNullable<Message['voucher']> }) {
  const { t } = useLingui()
  const offer = useOffer()
  const states: Record<VoucherState, string> = { PLANNED: t`not made yet`, ISSUED: t`made in the shop`, REDEEMED: t`redeemed`, EXPIRED: t`over`, REVOKED: t`revoked` }
  const findings: Record<VoucherFinding, string> = {
    USED_WITHOUT_ORDER: t`The shop counts a use, and no order that is known has it.`,
    GONE: t`Somebody deleted it in the shop.`,
    SWITCHED_OFF: t`Somebody switched it off in the shop.`,
  }
  return (
    <>
      <Copy value={v.code} /> {offer(v)}
      <span className={css.why}>
        {states[v.state]} ·{' '}
        {v.redeemedAt ? (
          <When at={v.redeemedAt} />
        ) : (
          <Trans>
            good until <When at={v.validUntil} />
          </Trans>
        )}
      </span>
      {v.extendTo && (
        <span className={css.why}>
          <Trans>
            To be good until <When at={v.extendTo} />: the shop has not confirmed it yet, and is asked again.
          </Trans>
        </span>
      )}
      {v.revokeAt && v.state === 'ISSUED' && (
        <span className={css.why}>
          <Trans>To be revoked: the shop has not confirmed it yet, and is asked again.</Trans>
        </span>
      )}
      {v.finding && <span className={css.why}>{findings[v.finding]}</span>}
    </>
  )
}

/** Nobody but a person knows whether a message that may have gone out should go out again. */
function Decide({ message, done }: { message: Message; done: () => void }) {
  const { can } = useSession()
  const [{ fetching }, decide] = useMutation(FollowUpDecideDocument)
  if ((message.state !== 'UNCERTAIN' && message.state !== 'EXPIRED') || !can('MARKETER')) return null
  async function put(again: boolean) {
    const { data, error } = await decide({ id: message.id, again })
    if (toldRefusal(data?.followUpDecide, error)) return
    tell(again ? <Trans>It is sent again.</Trans> : <Trans>It counts as sent.</Trans>)
    done()
  }
  return (
    <div className={css.decide}>
      <p>
        {message.state === 'UNCERTAIN' ? (
          <Trans>The connection broke off while it was handed over: it may or may not have gone out. Sent again, the person may get it twice.</Trans>
        ) : (
          <Trans>It was due too long ago and was not sent. It stays so unless you send it.</Trans>
        )}
      </p>
      <Button variant="default" loading={fetching} onClick={() => put(true)}>
        <Trans>Send again</Trans>
      </Button>
      {message.state === 'UNCERTAIN' && (
        <Button variant="default" disabled={fetching} onClick={() => put(false)}>
          <Trans>Leave it as sent</Trans>
        </Button>
      )}
    </div>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { Ban, CalendarPlus, Send } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import {
  FollowUpResendDocument,
  GoodwillDocument,
  GoodwillGiveDocument,
  type GoodwillQuery,
  VoucherExtendDocument,
  type VoucherKind,
  VoucherRevokeDocument,
} from '../gql/graphql'
import { useFormat } from '../lib/format'
import { newId } from '../lib/newId'
import { Confirm, Form, refusalOf, toldRefusal } from '../ui/Form'
import { Failure, Skeleton } from '../ui/states'
import css from './Campaign.module.css'
import type { Message } from './FollowUpDrawer'

/** What a clerk does about a message while the person is on the phone. */
export function HandActs({ message: m, done, open }: { message: Message; done: () => void; open: (id: string) => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [asked, ask] = useState<'extend' | 'revoke' | 'resend' | null>(null)
  const [key] = useState(newId)
  const [, resend] = useMutation(FollowUpResendDocument)
  const [, revoke] = useMutation(VoucherRevokeDocument)
  const close = () => ask(null)
  const good = m.voucher?.state === 'ISSUED' && !m.voucher.revokeAt
  const again = m.channel === 'EMAIL' && m.state === 'SENT' && (!m.voucher || good)
  if (!can('CLERK') || !(good || again)) return null
  return (
    <div className={css.acts}>
      {again && (
        <Button variant="default" leftSection={<Send size={14} aria-hidden />} onClick={() => ask('resend')}>
          <Trans>Send once more</Trans>
        </Button>
      )}
      {good && (
        <>
          <Button variant="default" leftSection={<CalendarPlus size={14} aria-hidden />} onClick={() => ask('extend')}>
            <Trans>Extend voucher</Trans>
          </Button>
          <Button variant="default" color="red" leftSection={<Ban size={14} aria-hidden />} onClick={() => ask('revoke')}>
            <Trans>Revoke voucher</Trans>
          </Button>
        </>
      )}
      {asked === 'extend' && m.voucher && <Extend id={m.id} until={m.voucher.validUntil} close={close} done={done} />}
      {asked === 'revoke' && (
        <Confirm
          title={t`Revoke the voucher?`}
          close={close}
          verb={<Trans>Revoke voucher</Trans>}
          act={async () => {
            const { data, error } = await revoke({ id: m.id })
            if (toldRefusal(data?.voucherRevoke, error)) return
            tell(
              data?.voucherRevoke.followUp?.voucher?.state === 'REVOKED' ? (
                <Trans>The voucher is revoked.</Trans>
              ) : (
                <Trans>The shop has not confirmed it yet; it is asked again by itself.</Trans>
              ),
            )
            done()
          }}
        >
          <p>
            <Trans>
              The code {m.voucher?.code} stops working in the shop at once. This cannot be undone; a new voucher can be given.
            </Trans>
          </p>
        </Confirm>
      )}
      {asked === 'resend' && (
        <Confirm
          title={t`Send it once more?`}
          close={close}
          verb={<Trans>Send once more</Trans>}
          act={async () => {
            const { data, error } = await resend({ id: m.id, key })
            if (toldRefusal(data?.followUpResend, error)) return
            tell(<Trans>It is on its way.</Trans>)
            done()
            if (data?.followUpResend.followUp) open(data.followUpResend.followUp.id)
          }}
        >
          <p>
            {m.voucher?.extendedAt ? (
              <Trans>The person gets the voucher with its new last day, at the address that they have now.</Trans>
            ) : (
              <Trans>The person gets the same e-mail with the same voucher, at the address that they have now.</Trans>
            )}
          </p>
        </Confirm>
      )}
    </div>
  )
}

/** The calendar day of an instant where the reader is, some days later. */
function dayOf(at: string | Date, later = 0): string {
  const d = new Date(at)
  d.setDate(d.getDate() + later)
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
}

function Extend({ id, until, close, done }: { id: string; until: string; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const from = new Date(until) < new Date() ? new Date() : until
  const [day, setDay] = useState(dayOf(from, 14))
  const [, extend] = useMutation(VoucherExtendDocument)
  return (
    <Modal opened onClose={close} title={t`Extend voucher`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['until']}
        cancel={close}
        save={<Trans>Extend voucher</Trans>}
        submit={async () => {
          const { data, error } = await extend({ id, until: day })
          const refusal = refusalOf(data?.voucherExtend, error)
          if (refusal) return refusal
          tell(
            data?.voucherExtend.followUp?.voucher?.extendTo ? (
              <Trans>The shop has not confirmed it yet; it is asked again by itself.</Trans>
            ) : (
              <Trans>The voucher is good until {format.day(`${day}T12:00:00`)}.</Trans>
            ),
          )
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <TextInput
            data-autofocus
            required
            type="date"
            label={t`Last day`}
            description={t`Until now: ${format.day(until)}. The end of that day in the shop’s time zone.`}
            value={day}
            min={dayOf(from, 1)}
            error={errorOf('until')}
            onChange={(e) => setDay(e.currentTarget.value)}
          />
        )}
      </Form>
    </Modal>
  )
}

/** A voucher that somebody gives a person on the phone. */
export function GoodwillDialog({ profileId, close, done }: { profileId: string; close: () => void; done: (id: string) => void }) {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({
    query: GoodwillDocument,
    variables: { profileId },
    requestPolicy: 'network-only',
  })
  return (
    <Modal opened onClose={close} title={t`Give a voucher`} closeButtonProps={{ 'aria-label': t`Close` }}>
      {data ? (
        <GoodwillForm
          profileId={profileId}
          limits={data.goodwillLimits}
          shops={data.profile?.shops ?? []}
          close={close}
          done={done}
        />
      ) : error && !fetching ? (
        <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} />
      ) : (
        <Skeleton />
      )}
    </Modal>
  )
}

type Shops = NonNullable<GoodwillQuery['profile']>['shops']

function GoodwillForm({
  profileId,
  limits,
  shops,
  close,
  done,
}: {
  profileId: string
  limits: GoodwillQuery['goodwillLimits']
  shops: Shops
  close: () => void
  done: (id: string) => void
}) {
  const { t } = useLingui()
  const format = useFormat()
  const percent = Number(limits.percent)
  const amount = Number(limits.amount)
  const [key] = useState(newId) // pressed twice, it is one voucher
  const [shopId, setShop] = useState(shops[0]?.id ?? '')
  const [kind, setKind] = useState<VoucherKind>(percent > 0 ? 'PERCENT' : amount > 0 ? 'AMOUNT' : 'FREE_SHIPPING')
  const [value, setValue] = useState<string | number>(Math.min(10, percent || amount || 0))
  const [until, setUntil] = useState(dayOf(new Date(), Math.min(30, limits.days)))
  const [mail, setMail] = useState(false)
  const [, give] = useMutation(GoodwillGiveDocument)
  const currency = shops.find((s) => s.id === shopId)?.currency ?? 'EUR'
  const most =
    kind === 'PERCENT' ? format.percent(percent / 100) : format.money({ amount: limits.amount, currencyCode: currency })
  const kinds = [
    ...(percent > 0 ? [{ value: 'PERCENT', label: t`Percent off` }] : []),
    ...(amount > 0 ? [{ value: 'AMOUNT', label: t`Amount off` }] : []),
    { value: 'FREE_SHIPPING', label: t`Free shipping` },
  ]
  return (
    <Form
      fields={['shopId', 'kind', 'value', 'until']}
      cancel={close}
      disabled={!shopId}
      save={<Trans>Give the voucher</Trans>}
      submit={async () => {
        const { data, error } = await give({
          input: { key, profileId, shopId, kind, value: kind === 'FREE_SHIPPING' ? '0' : String(value || 0), until, mail },
        })
        const refusal = refusalOf(data?.goodwillGive, error)
        if (refusal) return refusal
        close()
        if (data?.goodwillGive.followUp) done(data.goodwillGive.followUp.id)
        return null
      }}
    >
      {(errorOf) => (
        <>
          <NativeSelect
            label={t`Shop`}
            required
            value={shopId}
            error={shopId ? errorOf('shopId') : t`No shop knows this person.`}
            data={shops.map((s) => ({ value: s.id, label: s.name }))}
            onChange={(e) => setShop(e.currentTarget.value)}
          />
          <div className={css.even}>
            <NativeSelect
              label={t`Kind`}
              value={kind}
              error={errorOf('kind')}
              data={kinds}
              onChange={(e) => setKind(e.currentTarget.value as VoucherKind)}
            />
            {kind !== 'FREE_SHIPPING' && (
              <NumberInput
                data-autofocus
                required
                hideControls
                label={kind === 'PERCENT' ? t`Percent` : t`Amount in ${currency}`}
                description={t`At most ${most}`}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                value={value}
                min={0}
                decimalScale={2}
                allowNegative={false}
                error={errorOf('value')}
                onChange={setValue}
              />
            )}
          </div>
          <TextInput
            type="date"
            required
            label={t`Last day`}
            value={until}
            min={dayOf(new Date())}
            max={dayOf(new Date(), limits.days)}
            error={errorOf('until')}
            onChange={(e) => setUntil(e.currentTarget.value)}
          />
          <Checkbox
            label={t`Send it by e-mail too`}
            description={t`A short text in the person’s language. Without it you tell the code on the phone.`}
            checked={mail}
            onChange={(e) => setMail(e.currentTarget.checked)}
          />
        </>
      )}
    </Form>
  )
}

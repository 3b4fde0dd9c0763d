import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { CampaignTestEmailDocument, CampaignTryVoucherDocument, type CampaignTryVoucherMutation, type MessageVariant, ShopNamesDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Copy } from '../ui/parts'
import css from './Campaign.module.css'

type Message = { voucher: unknown; email: { language: string }[]; letter: { language: string }[] }
type Step = Message & { key: string; label: string | null; task: unknown; variantB: Message | null }
type Trial = NonNullable<CampaignTryVoucherMutation['campaignTryVoucher']['voucher']>

/** See a step before anybody else does: its e-mail in one's own mailbox, its voucher in the shop. */
export function TryIt({ id, steps, shopIds }: { id: string; steps: Step[]; shopIds: string[] }) {
  const { t } = useLingui()
  const format = useFormat()
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const shops = (data?.shops ?? []).filter((s) => s.state !== 'DISCONNECTED' && (shopIds.length === 0 || shopIds.includes(s.id)))
  const messages = steps.flatMap((s, i) => {
    if (s.label !== null || s.task) return []
    const a = { value: `A ${s.key}`, label: t`step ${i + 1}`, stepKey: s.key, variant: 'A' as MessageVariant, message: s as Message }
    return s.variantB ? [a, { ...a, value: `B ${s.key}`, label: t`step ${i + 1}, variant B`, variant: 'B' as MessageVariant, message: s.variantB }] : [a]
  })
  const [chosen, choose] = useState('')
  const [language, setLanguage] = useState('')
  const [shopChosen, setShop] = useState('')
  const [trying, setTrying] = useState(false)
  const [{ fetching }, send] = useMutation(CampaignTestEmailDocument)
  const one = messages.find((m) => m.value === chosen) ?? messages[0]
  const step = one?.message
  const languages = [...new Set([...(step?.email ?? []), ...(step?.letter ?? [])].map((text) => text.language))]
  const spoken = languages.includes(language) ? language : (languages[0] ?? '')
  const shopId = shopChosen || shops[0]?.id || ''
  if (!one || !step || shops.length === 0) return null
  const { stepKey, variant } = one
  async function test() {
    const { data, error } = await send({ campaignId: id, stepKey, variant, language: spoken, shopId })
    if (!toldRefusal(data?.campaignTestEmail, error)) tell(<Trans>The test is on its way to your mailbox.</Trans>)
  }
  return (
    <Panel title={<Trans>Try it yourself</Trans>}>
      <div className={css.trial}>
        <NativeSelect size="xs" label={t`Step`} value={one.value} data={messages.map(({ value, label }) => ({ value, label }))} onChange={(e) => choose(e.currentTarget.value)} />
        <NativeSelect size="xs" label={t`Language`} value={spoken} data={languages.map((value) => ({ value, label: format.language(value) }))} onChange={(e) => setLanguage(e.currentTarget.value)} />
        <NativeSelect size="xs" label={t`Shop`} value={shopId} data={shops.map((s) => ({ value: s.id, label: s.name }))} onChange={(e) => setShop(e.currentTarget.value)} />
      </div>
      <div className={css.pair}>
        <Button variant="default" size="compact-sm" loading={fetching} onClick={test}>
          {step.email.length > 0 ? <Trans>Send the e-mail to me</Trans> : <Trans>Send me the letter as a PDF</Trans>}
        </Button>
        {step.voucher !== null && (
          <Button variant="default" size="compact-sm" leftSection={<FlaskConical size={12} aria-hidden />} onClick={() => setTrying(true)}>
            <Trans>Try the voucher in the shop</Trans>
          </Button>
        )}
      </div>
      <p className={css.hint}>
        {step.email.length > 0 ? (
          <Trans>The e-mail speaks of an invented customer and a code that works nowhere.</Trans>
        ) : (
          <Trans>It comes by e-mail, to an invented customer, with a code that works nowhere.</Trans>
        )}
      </p>
      {trying && <TryVoucher {...{ id, stepKey, variant, shopId }} close={() => setTrying(false)} />}
    </Panel>
  )
}

function TryVoucher({ id, stepKey, variant, shopId, close }: { id: string; stepKey: string; variant: MessageVariant; shopId: string; close: () => void }) {
  const { t } = useLingui()
  const [email, setEmail] = useState('')
  const [made, setMade] = useState<Trial | null>(null)
  const [, attempt] = useMutation(CampaignTryVoucherDocument)
  return (
    <Modal opened onClose={close} title={t`Try the voucher in the shop`}>
      {made ? (
        <p>
          <Copy value={made.code} />
          <span className={css.why}>
            <Trans>Sign in to your account in the shop and enter it there. It works for an hour and is taken back then.</Trans>
          </span>
        </p>
      ) : (
        <Form
          fields={['email']}
          save={<Trans>Make it</Trans>}
          cancel={close}
          submit={async () => {
            const { data, error } = await attempt({ campaignId: id, stepKey, variant, shopId, email: email.trim() })
            const refusal = refusalOf(data?.campaignTryVoucher, error)
            setMade(data?.campaignTryVoucher.voucher ?? null)
            return refusal
          }}
        >
          {(errorOf) => (
            <TextInput
              type="email"
              required
              label={t`E-mail address of your account in the shop`}
              description={t`A real voucher is made for it, good for an hour.`}
              value={email}
              error={errorOf('email')}
              onChange={(e) => setEmail(e.currentTarget.value)}
            />
          )}
        </Form>
      )}
    </Modal>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Textarea } from '@mantine/core'
import css from './Builder.module.css'
import { Line, TextField, useRefused } from './fields'
import { Languages } from './Languages'
import { type MessageDraft, noText, type TextDraft } from './plan'

type Props = { step: MessageDraft; at: string; cart: boolean; put: (email: MessageDraft['email']) => void }

/** The e-mail of a step. */
export function TextFields({ step, at, cart, put }: Props) {
  const { t } = useLingui()
  return (
    <Line fields={[at]}>
      <Languages label={t`Language of the text`} texts={step.email} empty={noText} {...{ at, put }}>
        {(text, language, change) => <OneText text={text} at={`${at}.${language}`} put={change} />}
      </Languages>
      <Placeholders voucher={step.voucher !== null} cart={cart} />
    </Line>
  )
}

function OneText({ text, at, put }: { text: TextDraft; at: string; put: (text: TextDraft) => void }) {
  const { t } = useLingui()
  const refused = useRefused(`${at}.body`)
  return (
    <div className={css.text}>
      <TextField label={t`Subject`} value={text.subject} change={(subject) => put({ ...text, subject })} field={`${at}.subject`} />
      <TextField label={t`Preheader`} description={t`What mail programs show beside the subject.`} value={text.preheader} change={(preheader) => put({ ...text, preheader })} field={`${at}.preheader`} />
      <Textarea label={t`Text`} description={t`Markdown. The imprint and the way to object are added below it.`} autosize minRows={6} maxRows={20} value={text.body} error={refused} onChange={(e) => put({ ...text, body: e.currentTarget.value })} />
    </div>
  )
}

/** What a text may hold; a letter names nothing of a cart. */
export function Placeholders({ voucher, cart, letter }: { voucher: boolean; cart: boolean; letter?: boolean }) {
  const { t } = useLingui()
  const all: [string, string, boolean][] = [
    ['greeting', t`Dear Ms Martin, or as the language greets`, true],
    ['first_name', t`First name`, true],
    ['last_name', t`Last name`, true],
    ['shop.name', t`The shop’s name`, true],
    ['shop.url', t`The shop’s address`, true],
    ['voucher.code', t`What the customer types`, voucher],
    ['voucher.value', t`What the voucher takes off`, voucher],
    ['voucher.minimum', t`What the order must come to`, voucher],
    ['voucher.until', t`The voucher’s last day`, voucher],
    ...(letter ? [] : [['cart.url', t`Leads back to the cart`, cart] as [string, string, boolean]]),
  ]
  return (
    <details className={css.placeholders}>
      <summary>
        <Trans>Placeholders</Trans>
      </summary>
      <dl>
        {all.map(([name, what, usable]) => (
          <div key={name} data-off={!usable || undefined}>
            <dt>
              <code>{`{{ ${name} }}`}</code>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        <div data-off={!cart || undefined} hidden={letter}>
          <dt>
            <code>{'{% for line in cart.lines %}- {{ line.quantity }} × {{ line.title }}, {{ line.price }}{% endfor %}'}</code>
          </dt>
          <dd>
            <Trans>What is in the cart, line by line</Trans>
          </dd>
        </div>
      </dl>
      <p className={css.help}>
        {letter ? (
          <Trans>Voucher placeholders need a voucher in the step. A letter cannot name what lies in a cart.</Trans>
        ) : (
          <Trans>Voucher placeholders need a voucher in the step; cart placeholders need a cart as the event.</Trans>
        )}
      </p>
    </details>
  )
}

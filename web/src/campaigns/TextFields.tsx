import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, Tabs, Textarea } from '@mantine/core'
import { Check } from 'lucide-react'
import { useContext, useEffect, useState } from 'react'
import { useFormat } from '../lib/format'
import css from './Builder.module.css'
import { Line, RefusedContext, TextField, useRefused } from './fields'
import { isWritten, type MessageDraft, noText, type TextDraft, textLanguages } from './plan'

/** Languages besides ours that are offered for texts; the server takes any. */
const others = ['es', 'it', 'nl', 'pt', 'pl', 'da', 'sv', 'fi', 'cs', 'el', 'ro', 'hu']

type Props = { step: MessageDraft; at: string; cart: boolean; put: (email: MessageDraft['email']) => void }

/** The e-mail of a step, language by language. One without a text falls back to the shop's language. */
export function TextFields({ step, at, cart, put }: Props) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const languages = [...textLanguages, ...Object.keys(step.email).filter((l) => !textLanguages.includes(l))]
  const written = (l: string) => isWritten(step.email[l] ?? noText)
  const [shown, show] = useState(written(i18n.locale) ? i18n.locale : (languages.find(written) ?? i18n.locale))
  // What was refused may be in a language that is not shown.
  const refusal = useContext(RefusedContext)
  useEffect(() => {
    const field = refusal?.field ?? ''
    if (field.startsWith(`${at}.`)) show(field.slice(at.length + 1, at.length + 3))
  }, [refusal, at])
  return (
    <Line fields={[at]}>
      <Tabs value={shown} onChange={(l) => l && show(l)} className={css.texts} keepMounted={false}>
        <Tabs.List aria-label={t`Language of the text`} className={css.tabs}>
          {languages.map((l) => (
            <Tabs.Tab key={l} value={l} rightSection={written(l) ? <Check size={12} role="img" aria-label={t`written`} /> : undefined}>
              {format.language(l)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {languages.map((l) => (
          <Tabs.Panel key={l} value={l}>
            <OneText text={step.email[l] ?? noText} at={`${at}.${l}`} put={(text) => put({ ...step.email, [l]: text })} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <NativeSelect
        size="xs"
        aria-label={t`Add a language`}
        value=""
        data={[{ value: '', label: t`Add a language…` }, ...others.filter((l) => !languages.includes(l)).map((l) => ({ value: l, label: format.language(l) }))]}
        onChange={(e) => {
          const l = e.currentTarget.value
          if (!l) return
          put({ ...step.email, [l]: noText })
          show(l)
        }}
      />
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

function Placeholders({ voucher, cart }: { voucher: boolean; cart: boolean }) {
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
    ['cart.url', t`Leads back to the cart`, cart],
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
        <div data-off={!cart || undefined}>
          <dt>
            <code>{'{% for line in cart.lines %}- {{ line.quantity }} × {{ line.title }}, {{ line.price }}{% endfor %}'}</code>
          </dt>
          <dd>
            <Trans>What is in the cart, line by line</Trans>
          </dd>
        </div>
      </dl>
      <p className={css.help}>
        <Trans>Voucher placeholders need a voucher in the step; cart placeholders need a cart as the event.</Trans>
      </p>
    </details>
  )
}

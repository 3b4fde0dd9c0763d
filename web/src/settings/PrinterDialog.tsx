import { Trans, useLingui } from '@lingui/react/macro'
import { Checkbox, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { PrinterAddDocument, type PrinterAccountInput, type PrinterInput, type PrinterKind, PrinterUpdateDocument } from '../gql/graphql'
import { shortDecimal } from '../lib/decimal'
import { usePrinterKindName } from '../letters/words'
import { Form, refusalOf } from '../ui/Form'
import type { Printer } from './Printers'
import css from './Printers.module.css'

type Account = Required<{ [K in keyof PrinterAccountInput]: NonNullable<PrinterAccountInput[K]> }>
type Values = { kind: PrinterKind; name: string; postsFrom: string; color: boolean; duplex: boolean; price: string; currency: string; contractOn: string; account: Account }
type Fill = { values: Values; set: (change: Partial<Values>) => void; errorOf: (field: string) => React.ReactNode }

const noAccount: Account = { clientId: '', clientSecret: '', organisation: '', username: '', password: '', hookSecret: '', live: false }
const isTyped = ({ live, ...texts }: Account) => live || Object.values(texts).some((text) => text.trim() !== '')

// The providers' own names for what the server refuses of an account.
const toldAs: Partial<Record<keyof Account, string[]>> = { hookSecret: ['signingKey', 'newsPassword'] }
const accountFields = ['clientId', 'clientSecret', 'organisation', 'password', 'signingKey', 'newsPassword']

const beginWith = (p: Printer | null, currency: string): Values => ({
  kind: p?.kind ?? 'HAND',
  name: p?.name ?? '',
  postsFrom: p?.postsFrom ?? '',
  color: p?.color ?? false,
  duplex: p?.duplex ?? false,
  price: p?.price ? shortDecimal(p.price.amount, 2) : '',
  currency: p?.price?.currencyCode ?? currency,
  contractOn: p?.contractOn ?? '',
  account: noAccount,
})

const inputOf = ({ account, price, currency, contractOn, ...rest }: Values): PrinterInput => {
  const amount = price.trim().replace(',', '.')
  return {
    ...rest,
    name: rest.name.trim(),
    price: amount || null,
    currency: amount ? currency : '',
    contractOn: rest.kind === 'HAND' ? null : contractOn || null,
    account: rest.kind !== 'HAND' && isTyped(account) ? account : null,
  }
}

/** A new printer, or changes to one. Its credentials are entered and never shown. */
export function PrinterDialog({ printer, close, done }: { printer: Printer | null; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const { merchant } = useSession()
  const kinds = usePrinterKindName()
  const [values, put] = useState(() => beginWith(printer, merchant.mainCurrency))
  const [, add] = useMutation(PrinterAddDocument)
  const [, update] = useMutation(PrinterUpdateDocument)
  const set = (change: Partial<Values>) => put((old) => ({ ...old, ...change }))

  async function save() {
    const input = inputOf(values)
    const { payload, error } = printer
      ? await update({ id: printer.id, input }).then(({ data, error }) => ({ payload: data?.printerUpdate, error }))
      : await add({ input }).then(({ data, error }) => ({ payload: data?.printerAdd, error }))
    const refusal = refusalOf(payload, error)
    if (refusal) return refusal
    tell(<Trans>Saved.</Trans>)
    close()
    done()
    return null
  }

  return (
    <Modal opened onClose={close} title={printer ? t`Change ${printer.name}` : t`Add a printer`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form fields={['kind', 'name', 'postsFrom', 'price', 'currency', 'contractOn', ...accountFields]} cancel={close} save={<Trans>Save</Trans>} submit={save}>
        {(errorOf) => (
          <>
            {!printer && (
              <NativeSelect
                label={t`Who prints`}
                value={values.kind}
                error={errorOf('kind')}
                data={(['HAND', 'PINGEN', 'MAILEVA'] as const).map((value) => ({ value, label: kinds[value] }))}
                onChange={(e) => set({ kind: e.currentTarget.value as PrinterKind, account: noAccount })}
              />
            )}
            <General {...{ values, set, errorOf }} />
            {values.kind !== 'HAND' && <Provider {...{ values, set, errorOf }} kept={printer !== null} />}
          </>
        )}
      </Form>
    </Modal>
  )
}

function General({ values, set, errorOf }: Fill) {
  const { t } = useLingui()
  return (
    <>
      <TextInput data-autofocus required label={t`Name`} maxLength={100} value={values.name} error={errorOf('name')} onChange={(e) => set({ name: e.currentTarget.value })} />
      <TextInput
        required
        label={t`Posts from`}
        description={t`The country in which the letters go to the post, as two letters: FR, DE.`}
        maxLength={2}
        value={values.postsFrom}
        error={errorOf('postsFrom')}
        onChange={(e) => set({ postsFrom: e.currentTarget.value.toUpperCase() })}
      />
      <div className={css.price}>
        <TextInput
          label={t`Price of a letter`}
          description={t`With postage. Empty: not known.`}
          inputMode="decimal"
          maxLength={13}
          value={values.price}
          error={errorOf('price')}
          onChange={(e) => set({ price: e.currentTarget.value })}
        />
        <TextInput
          label={t`Currency`}
          description={t`Such as EUR.`}
          maxLength={3}
          value={values.currency}
          error={errorOf('currency')}
          onChange={(e) => set({ currency: e.currentTarget.value.toUpperCase() })}
        />
      </div>
      <div className={css.checks}>
        <Checkbox size="xs" label={t`on both sides`} checked={values.duplex} onChange={(e) => set({ duplex: e.currentTarget.checked })} />
        <Checkbox size="xs" label={t`in colour`} checked={values.color} onChange={(e) => set({ color: e.currentTarget.checked })} />
      </div>
    </>
  )
}

/** What a provider needs besides: the agreement, and the account. */
function Provider({ values, set, errorOf, kept }: Fill & { kept: boolean }) {
  const { t } = useLingui()
  const { account } = values
  const keep = kept ? t`Leave empty to keep` : undefined
  const field = (key: Exclude<keyof Account, 'live'>) => ({
    value: account[key],
    error: (toldAs[key] ?? [key]).map(errorOf).find(Boolean),
    autoComplete: 'off',
    placeholder: keep,
    onChange: (e: { currentTarget: { value: string } }) => set({ account: { ...account, [key]: e.currentTarget.value } }),
  })
  // Browsers offer to fill in saved passwords even where they are told not to, but not new ones.
  const secret = (key: Exclude<keyof Account, 'live'>) => ({ ...field(key), autoComplete: 'new-password', visibilityToggleButtonProps: { 'aria-label': t`Show it` } })
  return (
    <>
      <TextInput
        type="date"
        label={t`Data processing agreement`}
        description={t`The date of your agreement with the provider (Article 28 GDPR). Without it nothing is handed over.`}
        value={values.contractOn}
        error={errorOf('contractOn')}
        onChange={(e) => set({ contractOn: e.currentTarget.value })}
      />
      <fieldset className={css.group}>
        <legend>
          <Trans>Account</Trans>
        </legend>
        <p className="quiet">{kept ? <Trans>Credentials are never shown again. Leave all of them empty to keep them; to change one, enter all.</Trans> : <Trans>Kept encrypted and never shown again.</Trans>}</p>
        <TextInput label={t`Client id`} {...field('clientId')} />
        <PasswordInput label={t`Client secret`} {...secret('clientSecret')} />
        {values.kind === 'PINGEN' && (
          <>
            <TextInput label={t`Organisation`} description={t`Its id, as the address of the Pingen app shows it.`} {...field('organisation')} />
            <PasswordInput label={t`Webhook signing key`} {...secret('hookSecret')} />
          </>
        )}
        {values.kind === 'MAILEVA' && (
          <>
            <TextInput label={t`User`} {...field('username')} />
            <PasswordInput label={t`Password`} {...secret('password')} />
            <PasswordInput label={t`Password for notifications`} description={t`Choose one; Maileva sends it with the user name “relance”.`} {...secret('hookSecret')} />
          </>
        )}
        <Checkbox
          size="xs"
          label={t`Live`}
          description={t`Off: the provider’s test system, which prints nothing.`}
          checked={account.live}
          onChange={(e) => set({ account: { ...account, live: e.currentTarget.checked } })}
        />
      </fieldset>
    </>
  )
}

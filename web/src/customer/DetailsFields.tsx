import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AddressKind } from '../gql/graphql'
import css from './DetailsFields.module.css'
import { type Draft, emptyAddress } from './typed'

export type Fill = { draft: Draft; set: (change: Partial<Draft>) => void; errorOf: (field: string) => ReactNode }

/** The fields that show their own refusals. */
export const detailFields = [
  'title', 'firstName', 'lastName', 'company', 'language', 'birthday', 'emails', 'phones', 'pages', 'dates', 'addresses',
  'siret', 'ape', 'vatNumber', 'outstandingLimit', 'maxPaymentDays', 'risk', 'onAccount', 'upTo', 'loyalty', 'taxName', 'taxRate',
]

type TextField = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft]

/** What a text field of the draft needs. */
function field({ draft, set, errorOf }: Fill, key: TextField) {
  return { value: draft[key], error: errorOf(key), onChange: (e: { currentTarget: { value: string } }) => set({ [key]: e.currentTarget.value }) }
}

/** Where a field is empty, what shows instead. */
type Shown = Partial<Record<'firstName' | 'lastName' | 'company' | 'language', string>>

export function Name({ needed, shown, ...fill }: Fill & { needed?: boolean; shown?: Shown }) {
  const { t } = useLingui()
  return (
    <>
      <div className={css.three}>
        <NativeSelect
          label={t`Title`}
          {...field(fill, 'title')}
          data={[
            { value: '', label: '–' },
            { value: 'MRS', label: t`Mrs` },
            { value: 'MR', label: t`Mr` },
          ]}
        />
        <TextInput data-autofocus required={needed} label={t`First name`} placeholder={shown?.firstName} maxLength={255} {...field(fill, 'firstName')} />
        <TextInput required={needed} label={t`Last name`} placeholder={shown?.lastName} maxLength={255} {...field(fill, 'lastName')} />
      </div>
      <div className={css.three}>
        <TextInput label={t`Language`} maxLength={8} placeholder={shown?.language} {...field(fill, 'language')} />
        <TextInput label={t`Company`} placeholder={shown?.company} maxLength={255} {...field(fill, 'company')} />
        <TextInput type="date" label={t`Birthday`} {...field(fill, 'birthday')} />
      </div>
    </>
  )
}

export function Ways(fill: Fill) {
  const { t } = useLingui()
  return (
    <div className={css.two}>
      <Textarea autosize minRows={1} label={t`E-mail addresses`} description={t`One a line; the first one shows first.`} inputMode="email" {...field(fill, 'emails')} />
      <Textarea autosize minRows={1} label={t`Phone numbers`} description={t`One a line, in any notation.`} inputMode="tel" {...field(fill, 'phones')} />
    </div>
  )
}

export function Addresses({ draft, set, errorOf }: Fill) {
  const { t } = useLingui()
  const kinds: Record<AddressKind, string> = { HOME: t`Home`, WORK: t`Work`, BILLING: t`Billing`, DELIVERY: t`Delivery`, OTHER: t`Other` }
  const put = (at: number, change: Partial<Draft['addresses'][number]>) => set({ addresses: draft.addresses.map((a, i) => (i === at ? { ...a, ...change } : a)) })
  return (
    <>
      {draft.addresses.map((a, i) => {
        const text = (key: Exclude<keyof typeof a, 'kind'>, label: string) => (
          <TextInput label={label} value={a[key]} maxLength={255} onChange={(e) => put(i, { [key]: e.currentTarget.value })} />
        )
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
          <fieldset key={i} className={css.part}>
            <legend>{kinds[a.kind]}</legend>
            <ActionIcon className={css.remove} variant="subtle" aria-label={t`Remove this address`} onClick={() => set({ addresses: draft.addresses.filter((_, x) => x !== i) })}>
              <X size={14} aria-hidden />
            </ActionIcon>
            <div className={css.two}>
              <NativeSelect
                label={t`What it is for`}
                value={a.kind}
                data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
                onChange={(e) => put(i, { kind: e.currentTarget.value as AddressKind })}
              />
              {text('company', t`Company`)}
            </div>
            <div className={css.two}>
              {text('line1', t`Street and number`)}
              {text('line2', t`Second line`)}
            </div>
            <div className={css.three}>
              {text('postalCode', t`Postal code`)}
              {text('city', t`City`)}
              {text('countryCode', t`Country (FR, DE…)`)}
            </div>
          </fieldset>
        )
      })}
      {errorOf('addresses') && (
        <p className={css.error} role="alert">
          {errorOf('addresses')}
        </p>
      )}
      {draft.addresses.length < 20 && (
        <Button className={css.add} variant="subtle" size="compact-sm" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ addresses: [...draft.addresses, emptyAddress] })}>
          <Trans>Add an address</Trans>
        </Button>
      )}
    </>
  )
}

export function Dates({ draft, set, errorOf }: Fill) {
  const { t } = useLingui()
  const put = (at: number, change: Partial<Draft['dates'][number]>) => set({ dates: draft.dates.map((d, i) => (i === at ? { ...d, ...change } : d)) })
  return (
    <>
      {draft.dates.map((d, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
        <div key={i} className={css.date}>
          <TextInput label={t`What it is`} placeholder={t`Wedding day`} value={d.label} maxLength={255} onChange={(e) => put(i, { label: e.currentTarget.value })} />
          <TextInput type="date" label={t`Day`} value={d.on} onChange={(e) => put(i, { on: e.currentTarget.value })} />
          <Checkbox size="xs" label={t`every year`} checked={d.yearly} onChange={(e) => put(i, { yearly: e.currentTarget.checked })} />
          <ActionIcon variant="subtle" aria-label={t`Remove this date`} onClick={() => set({ dates: draft.dates.filter((_, x) => x !== i) })}>
            <X size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {errorOf('dates') && (
        <p className={css.error} role="alert">
          {errorOf('dates')}
        </p>
      )}
      {draft.dates.length < 20 && (
        <Button className={css.add} variant="subtle" size="compact-sm" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ dates: [...draft.dates, { label: '', on: '', yearly: true }] })}>
          <Trans>Add a date</Trans>
        </Button>
      )}
    </>
  )
}

export function Company(fill: Fill) {
  const { t } = useLingui()
  return (
    <>
      <div className={css.three}>
        <TextInput label="SIRET" inputMode="numeric" maxLength={20} {...field(fill, 'siret')} />
        <TextInput label={t`VAT number`} maxLength={20} {...field(fill, 'vatNumber')} />
        <TextInput label={t`APE code`} maxLength={8} {...field(fill, 'ape')} />
      </div>
      <div className={css.three}>
        <TextInput label={t`Authorised outstanding`} inputMode="decimal" maxLength={16} {...field(fill, 'outstandingLimit')} />
        <TextInput label={t`Days to pay`} inputMode="numeric" maxLength={3} {...field(fill, 'maxPaymentDays')} />
        <TextInput label={t`Risk`} maxLength={255} {...field(fill, 'risk')} />
      </div>
    </>
  )
}

export function Terms(fill: Fill) {
  const { t } = useLingui()
  return (
    <>
      <div className={css.three}>
        <NativeSelect
          label={t`On account`}
          value={fill.draft.onAccount}
          error={fill.errorOf('onAccount')}
          data={[
            { value: 'UNKNOWN', label: '–' },
            { value: 'NO', label: t`no` },
            { value: 'YES', label: t`yes` },
            { value: 'UP_TO', label: t`up to an amount` },
          ]}
          onChange={(e) => fill.set({ onAccount: e.currentTarget.value as Draft['onAccount'] })}
        />
        {fill.draft.onAccount === 'UP_TO' && <TextInput label={t`Up to`} inputMode="decimal" maxLength={16} {...field(fill, 'upTo')} />}
        <TextInput label={t`Loyalty points`} description={t`Empty: not enrolled.`} inputMode="decimal" maxLength={16} {...field(fill, 'loyalty')} />
      </div>
      <div className={css.two}>
        <TextInput label={t`Tax rate’s name`} description={t`Empty: the usual rate.`} maxLength={255} {...field(fill, 'taxName')} />
        <TextInput label={t`Tax in percent`} description={t`For your information only.`} inputMode="decimal" maxLength={10} {...field(fill, 'taxRate')} />
      </div>
      <Textarea autosize minRows={1} label={t`Social pages`} description={t`One a line, beginning with https://.`} {...field(fill, 'pages')} />
    </>
  )
}

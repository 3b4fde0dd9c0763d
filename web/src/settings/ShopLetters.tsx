import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { tell } from '../app/toasts'
import { PrinterNamesDocument, type PrinterNamesQuery, type ShopSettingsQuery, ShopSettingsUpdateDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { useLayoutName } from '../letters/words'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import css from './Settings.module.css'

export type Letters = NonNullable<ShopSettingsQuery['shop']>['settings']['letters']
type Values = Record<'layout' | 'address' | 'details' | 'place' | 'signature' | 'privacyUrl' | 'printerId', string>
type Printers = PrinterNamesQuery['printers']

const lines = (text: string) => text.split('\n').filter((line) => line.trim())

const valuesOf = (l: Letters): Values => ({
  layout: l.layout,
  address: l.address.join('\n'),
  details: l.details.join('\n'),
  place: l.place,
  signature: l.signature.join('\n'),
  privacyUrl: l.privacyUrl,
  printerId: l.printerId ?? '',
})

const inputOf = (v: Values) => ({ ...v, address: lines(v.address), details: lines(v.details), signature: lines(v.signature), printerId: v.printerId || null })

/** What a shop's printed letters look like, and who prints them. */
export function ShopLetters({ shopId, saved, legalEntity, done }: { shopId: string; saved: Letters; legalEntity: string; done: () => void }) {
  const { t } = useLingui()
  const [values, setValues] = useState(() => valuesOf(saved))
  const [{ data }] = useQuery({ query: PrinterNamesDocument, requestPolicy: 'cache-and-network' })
  const [, save] = useMutation(ShopSettingsUpdateDocument)
  const layouts = useLayoutName()
  const printers = data?.printers ?? []
  return (
    <Panel title={<Trans>Letters</Trans>}>
      {data && <Missing saved={saved} legalEntity={legalEntity} printers={printers} />}
      <Form
        fields={Object.keys(values).map((f) => `letters.${f}`)}
        save={<Trans>Save letters</Trans>}
        submit={async () => {
          const { data, error } = await save({ shopId, settings: { letters: inputOf(values) } })
          const refusal = refusalOf(data?.shopSettingsUpdate, error)
          if (!refusal) {
            tell(<Trans>Saved.</Trans>)
            done()
          }
          return refusal
        }}
      >
        {(errorOf) => {
          const field = (key: keyof Values) => ({
            value: values[key],
            error: errorOf(`letters.${key}`),
            onChange: (e: { currentTarget: { value: string } }) => setValues({ ...values, [key]: e.currentTarget.value }),
          })
          return (
            <>
              <NativeSelect
                label={t`Layout`}
                description={t`Where the address stands, for which country and envelope. The envelope is the printer’s, whatever country the letter goes to.`}
                data={[{ value: '', label: t`Not chosen` }, ...Object.entries(layouts).map(([value, label]) => ({ value, label }))]}
                {...field('layout')}
              />
              <NativeSelect
                label={t`Printer`}
                description={printers.length === 0 ? <NoPrinters /> : undefined}
                data={[{ value: '', label: t`Nobody` }, ...printers.map((p) => ({ value: p.id, label: p.name }))]}
                {...field('printerId')}
              />
              <div className={css.pair}>
                <Textarea label={t`Address of the sender`} description={t`Where letters come back to, a line each: at most 6 of 60 characters.`} autosize minRows={3} maxRows={6} {...field('address')} />
                <Textarea label={t`Details beside it`} description={t`Telephone, web, e-mail: a line each.`} autosize minRows={3} maxRows={6} {...field('details')} />
              </div>
              <div className={css.pair}>
                <TextInput label={t`Place`} description={t`Stands before the date.`} maxLength={100} {...field('place')} />
                <TextInput label={t`Page on data protection`} description={t`Its address, as it is printed.`} maxLength={100} {...field('privacyUrl')} />
              </div>
              <Textarea label={t`Signature`} description={t`Who signs, a line each.`} autosize minRows={2} maxRows={6} {...field('signature')} />
            </>
          )
        }}
      </Form>
    </Panel>
  )
}

function NoPrinters() {
  return (
    <Trans>
      There is none yet: <Link href="/settings/printers">add one under Printers</Link>.
    </Trans>
  )
}

/** Whether letters can go out, and what they lack else. */
function Missing({ saved, legalEntity, printers }: { saved: Letters; legalEntity: string; printers: Printers }) {
  const { t } = useLingui()
  const format = useFormat()
  const printer = printers.find((p) => p.id === saved.printerId)
  const missing = [
    legalEntity ? '' : t`the legal entity (above)`,
    saved.layout ? '' : t`the layout`,
    printer ? '' : t`the printer`,
    printer && printer.kind !== 'HAND' && !printer.contractOn ? t`the printer’s data processing agreement` : '',
    saved.address.length > 0 ? '' : t`the sender’s address`,
    saved.privacyUrl ? '' : t`the page on data protection`,
  ].filter(Boolean)
  if (missing.length === 0) {
    return (
      <p className={css.state} data-tone="green">
        <CircleCheck size={14} aria-hidden /> <Trans>Nothing is missing: letters can go out.</Trans>
      </p>
    )
  }
  return (
    <p className={css.state} data-tone="amber">
      <TriangleAlert size={14} aria-hidden />
      <span>
        <Trans>No letter goes out yet. Still missing: {format.list(missing)}.</Trans>
      </span>
    </p>
  )
}

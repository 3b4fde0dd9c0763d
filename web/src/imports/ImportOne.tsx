import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox, NativeSelect, Progress, TextInput } from '@mantine/core'
import { Download, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { ImportCheckDocument, ImportOneDocument, type ImportOneQuery, type ImportPlanInput, ImportRunDocument, ImportUndoDocument, type ImportWhat, ShopNamesDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import { Panel } from '../ui/Panel'
import { Said } from '../ui/said'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Import.module.css'
import { CountsText, fields, StateBadge } from './words'

type One = NonNullable<ImportOneQuery['import']>
const moving = ['CHECKING', 'RUNNING', 'UNDOING']

/** One spreadsheet on its way: columns, what it would change, progress, what became of it. */
export default function ImportOne({ id }: { id: string }) {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: ImportOneDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const again = () => ask({ requestPolicy: 'network-only' })
  const one = data?.import
  const state = one?.state
  useEffect(() => {
    if (!state || !moving.includes(state)) return
    const timer = setInterval(() => ask({ requestPolicy: 'network-only' }), 1000)
    return () => clearInterval(timer)
  }, [state, ask])
  return (
    <Page title={one?.fileName ?? t`Import`} sentence={state && <StateBadge state={state} />}>
      {!data && (error && !fetching ? <Failure error={error} retry={again} /> : <Skeleton rows={6} />)}
      {data && !one && <Empty title={<Trans>There is no such import</Trans>}>{null}</Empty>}
      {one && data && (state === 'UPLOADED' || state === 'CHECKED') && (
        <Columns key={one.id} one={one} fieldsOf={{ CUSTOMERS: data.customerFields, ORDERS: data.orderFields }} changed={again} />
      )}
      {one && moving.includes(one.state) && <Under one={one} />}
      {one && <Outcome one={one} changed={again} />}
    </Page>
  )
}

function Columns({ one, fieldsOf, changed }: { one: One; fieldsOf: Record<ImportWhat, string[]>; changed: () => void }) {
  const { t, i18n } = useLingui()
  const [{ data: shopData }] = useQuery({ query: ShopNamesDocument })
  const shops = shopData?.shops ?? []
  const [plan, setPlan] = useState<ImportPlanInput>(() => ({
    what: one.what,
    mapping: one.mapping.length ? one.mapping : one.customers,
    list: one.list || one.fileName.replace(/\.\w+$/, '').slice(0, 100),
    shopId: one.shopId,
    currency: 'EUR',
    country: { fr: 'FR', de: 'DE' }[i18n.locale] ?? '',
    dayFirst: true,
  }))
  const put = (part: Partial<ImportPlanInput>) => setPlan((p) => ({ ...p, ...part }))
  const [checking, check] = useMutation(ImportCheckDocument)
  const [starting, run] = useMutation(ImportRunDocument)
  const options = [{ value: '', label: t`– nothing –` }, ...fieldsOf[plan.what].map((f) => ({ value: f, label: fields[f] ? t(fields[f]) : f }))]
  return (
    <Panel title={<Trans>Columns</Trans>}>
      <div className={css.fields}>
        <NativeSelect
          label={t`The rows are`}
          value={plan.what}
          data={[
            { value: 'CUSTOMERS', label: t`Customers` },
            { value: 'ORDERS', label: t`Orders` },
          ]}
          onChange={(e) => put(e.currentTarget.value === 'ORDERS' ? { what: 'ORDERS', mapping: one.orders } : { what: 'CUSTOMERS', mapping: one.customers })}
        />
        <TextInput label={t`List`} description={t`Another file into the same list updates what this one brought.`} value={plan.list} onChange={(e) => put({ list: e.currentTarget.value })} />
        <NativeSelect label={t`Of the shop`} value={plan.shopId ?? ''} data={[{ value: '', label: t`– none –` }, ...shops.map((s) => ({ value: s.id, label: s.name }))]} onChange={(e) => put({ shopId: e.currentTarget.value || null })} />
        <TextInput label={t`Country of addresses without one`} maxLength={2} value={plan.country} onChange={(e) => put({ country: e.currentTarget.value })} />
        {plan.what === 'ORDERS' && <TextInput label={t`Currency of amounts without one`} maxLength={3} value={plan.currency} onChange={(e) => put({ currency: e.currentTarget.value })} />}
      </div>
      <Checkbox label={t`01/02 is the first of February`} checked={plan.dayFirst} onChange={(e) => put({ dayFirst: e.currentTarget.checked })} />
      <div className={css.wide}>
        <table>
          <thead>
            <tr>
              {one.header.map((h, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name, and never move
                <th key={i} scope="col">
                  <NativeSelect label={h || '–'} value={plan.mapping[i] ?? ''} data={options} onChange={(e) => put({ mapping: plan.mapping.map((f, n) => (n === i ? e.currentTarget.value : f)) })} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {one.sample.map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file
              <tr key={r}>
                {one.header.map((_, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file
                  <td key={i}>{row[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {one.checked && (
        <p role="status">
          <Trans>It would be:</Trans> <CountsText counts={one.checked} />
        </p>
      )}
      <div className={css.buttons}>
        <Button
          variant="default"
          loading={checking.fetching}
          onClick={async () => {
            const { data, error } = await check({ id: one.id, plan })
            if (!toldRefusal(data?.importCheck, error)) changed()
          }}
        >
          <Trans>See what it would change</Trans>
        </Button>
        <Button
          loading={starting.fetching}
          onClick={async () => {
            const { data, error } = await run({ id: one.id, plan })
            if (!toldRefusal(data?.importRun, error)) changed()
          }}
        >
          <Trans>Import</Trans>
        </Button>
      </div>
    </Panel>
  )
}

function Under({ one }: { one: One }) {
  const { t } = useLingui()
  const format = useFormat()
  const rows = format.number(one.cursor)
  return (
    <Panel title={<Trans>Progress</Trans>}>
      <p role="status">
        <Trans>{rows} rows read</Trans>
      </p>
      <Progress aria-label={t`Progress`} value={one.total ? (100 * one.cursor) / one.total : 100} animated />
    </Panel>
  )
}

function Outcome({ one, changed }: { one: One; changed: () => void }) {
  const [undoing, undo] = useMutation(ImportUndoDocument)
  if (one.state === 'UPLOADED' || (one.state === 'CHECKED' && one.errors.length === 0)) return null
  return (
    <Panel title={<Trans>What became of the rows</Trans>}>
      {one.state !== 'CHECKED' && (
        <p>
          <CountsText counts={one.counts} />
        </p>
      )}
      {one.cause && (
        <p role="alert">
          <Said sentence={one.cause} text={one.error} />
        </p>
      )}
      <ul className={css.list}>
        {one.errors.map((e) => {
          const { line } = e
          return (
            <li key={`${e.line} ${e.field}`}>
              <span>
                <Trans>Line {line}</Trans>
              </span>
              <span className={css.name}>
                <Said sentence={e.cause} text={e.cause.code} />
              </span>
            </li>
          )
        })}
      </ul>
      <div className={css.buttons}>
        {one.errors.length > 0 && (
          <Button component="a" href={`/imports/${one.id}.csv`} download variant="default" leftSection={<Download size={14} aria-hidden />}>
            <Trans>Rows to mend (CSV)</Trans>
          </Button>
        )}
        {one.undoable && (
          <Button
            variant="subtle"
            color="red"
            loading={undoing.fetching}
            leftSection={<Undo2 size={14} aria-hidden />}
            onClick={async () => {
              const { data, error } = await undo({ id: one.id })
              if (!toldRefusal(data?.importUndo, error)) changed()
            }}
          >
            <Trans>Undo this import</Trans>
          </Button>
        )}
      </div>
    </Panel>
  )
}

import { useLingui } from '@lingui/react/macro'
import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { createContext, type ReactNode, useContext, useId, useState } from 'react'
import { type Refusal, RefusalText } from '../ui/Form'
import css from './Builder.module.css'
import { minutesOf, splitMinutes, type Unit } from './durations'

/** What the server refused, for the field that it is about. */
export const RefusedContext = createContext<Refusal | null>(null)

export function useRefused(...fields: string[]): ReactNode {
  const refusal = useContext(RefusedContext)
  return refusal?.field && fields.includes(refusal.field) ? <RefusalText refusal={refusal} /> : null
}

/** A line of the sentence. What is wrong with one of its fields is said below it. */
export function Line({ children, fields = [], help }: { children: ReactNode; fields?: string[]; help?: ReactNode }) {
  const refused = useRefused(...fields)
  return (
    <div className={css.line} data-refused={refused ? true : undefined}>
      <div className={css.words}>{children}</div>
      {help && <p className={css.help}>{help}</p>}
      {refused && (
        <p className={css.refused} role="alert">
          {refused}
        </p>
      )}
    </div>
  )
}

type NumberProps = { label: string; value: number; change: (n: number) => void; max?: number; suffix?: string; field?: string }

export function Count({ label, value, change, max = 999_999, suffix, field = '' }: NumberProps) {
  const refused = useRefused(field)
  return (
    <NumberInput
      size="xs"
      className={css.number}
      aria-label={label}
      hideControls
      min={0}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      suffix={suffix}
      value={value}
      error={refused !== null}
      onChange={(v) => change(v === '' ? 0 : Number(v))}
    />
  )
}

/** An amount as it is typed; empty is none. */
export function AmountInput({ label, value, change, suffix, field = '' }: { label: string; value: string; change: (v: string) => void; suffix?: string; field?: string }) {
  const refused = useRefused(field)
  return (
    <NumberInput
      size="xs"
      className={css.number}
      aria-label={label}
      hideControls
      min={0}
      max={999_999_999}
      decimalScale={2}
      allowNegative={false}
      suffix={suffix}
      value={value}
      error={refused !== null}
      onChange={(v) => change(String(v))}
    />
  )
}

type DurationProps = { label: string; minutes: number; change: (minutes: number) => void; units?: Unit[]; field?: string }

/** A time as people say it: a number and a unit. */
export function Duration({ label, minutes, change, units = ['minute', 'hour', 'day'], field = '' }: DurationProps) {
  const { t } = useLingui()
  const refused = useRefused(field)
  const [, best] = splitMinutes(minutes)
  // Somebody who types 1440 minutes does not want them to become a day under their hands.
  const [unit, setUnit] = useState<Unit>(minutes === 0 ? (units.at(-1) ?? 'day') : units.includes(best) ? best : (units[0] ?? 'minute'))
  const names = { minute: t`minutes`, hour: t`hours`, day: t`days` }
  const count = minutes / minutesOf[unit]
  return (
    <span className={css.pair}>
      <NumberInput
        size="xs"
        className={css.number}
        aria-label={label}
        hideControls
        min={0}
        max={5_000_000}
        decimalScale={2}
        allowNegative={false}
        value={count}
        error={refused !== null}
        onChange={(v) => change(Math.round(Number(v || 0) * minutesOf[unit]))}
      />
      <NativeSelect
        size="xs"
        aria-label={t`Unit of: ${label}`}
        value={unit}
        data={units.map((u) => ({ value: u, label: names[u] }))}
        onChange={(e) => {
          const next = e.currentTarget.value as Unit
          setUnit(next)
          change(Math.round(count * minutesOf[next]))
        }}
      />
    </span>
  )
}

type ChoiceProps<V extends string> = { label: string; value: V; data: { value: V; label: string }[]; change: (value: V) => void; field?: string }

export function Choice<V extends string>({ label, value, data, change, field = '' }: ChoiceProps<V>) {
  const refused = useRefused(field)
  return (
    <NativeSelect
      size="xs"
      className={css.choice}
      aria-label={label}
      value={value}
      data={data}
      error={refused !== null}
      onChange={(e) => change(e.currentTarget.value as V)}
    />
  )
}

export function Currency({ value, currencies, change, field }: { value: string; currencies: string[]; change: (code: string) => void; field?: string }) {
  const { t } = useLingui()
  const all = [...new Set([...currencies, value].filter(Boolean))]
  return <Choice label={t`Currency`} value={value} data={all.map((c) => ({ value: c, label: c }))} change={change} field={field} />
}

/** A whole field with its label, and what is wrong with it below. */
export function TextField({ label, description, value, change, field, maxLength }: { label: string; description?: ReactNode; value: string; change: (v: string) => void; field: string; maxLength?: number }) {
  const id = useId()
  const refused = useRefused(field)
  return <TextInput id={id} label={label} description={description} value={value} maxLength={maxLength} error={refused} onChange={(e) => change(e.currentTarget.value)} />
}

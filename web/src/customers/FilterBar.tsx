import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Checkbox, Menu, MultiSelect, NativeSelect, NumberInput, Popover, TagsInput, TextInput } from '@mantine/core'
import { ListFilter, Plus, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type Condition, channels, consentStates, emptyCondition, type Field, type Filter, fields, isComplete, writeFilter } from '../lib/filter'
import { PreferencesInUse, useBought, useGroups, useLabelsInUse } from './inUse'
import css from './FilterBar.module.css'
import { type FilterShop, useConditionText, useConsentNames, useFieldNames } from './conditions'

type Props = { filter: Filter; shops: FilterShop[]; currency: string; change: (filter: Filter) => void }

/** The conditions as chips: each chip must hold; within a chip, one of its alternatives. */
export function FilterBar({ filter, shops, currency, change }: Props) {
  const { t } = useLingui()
  const [draft, setDraft] = useState<Filter>(filter)
  const [open, setOpen] = useState(-1)
  const text = useConditionText(shops, currency)
  const names = useFieldNames()
  const address = writeFilter(filter)

  // The address leads; what is unfinished here says nothing yet, so it is not in the address and stays.
  useEffect(() => {
    setDraft((d) => (writeFilter(d) === address ? d : filter))
  }, [address, filter])

  function put(next: Filter) {
    const whole = next.filter((g) => g.length > 0)
    setDraft(whole)
    if (writeFilter(whole) !== address) change(whole)
  }

  function close() {
    setOpen(-1)
    setDraft((d) => d.map((g) => g.filter(isComplete)).filter((g) => g.length > 0))
  }

  function add(field: Field) {
    put([...draft, [emptyCondition(field)]])
    setOpen(draft.length)
  }

  return (
    <div className={css.bar}>
      <ul className={css.chips} aria-label={t`Filters`}>
        {draft.map((group, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: chips have no name of their own
          <li key={i}>
            <Popover opened={open === i} onChange={(o) => !o && close()} position="bottom-start" trapFocus returnFocus>
              <span className={css.chip}>
                <Popover.Target>
                  <button type="button" className={css.words} onClick={() => (open === i ? close() : setOpen(i))}>
                    {group.map((c, j) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: as above
                      <span key={j}>
                        {j > 0 && (
                          <em className={css.or}>
                            <Trans>or</Trans>
                          </em>
                        )}
                        {isComplete(c) ? text(c) : `${names[c.field]}…`}
                      </span>
                    ))}
                  </button>
                </Popover.Target>
                <button
                  type="button"
                  className={css.remove}
                  aria-label={t`Remove filter: ${group.map((c) => (isComplete(c) ? text(c) : names[c.field])).join(' · ')}`}
                  onClick={() => {
                    setOpen(-1)
                    put(draft.filter((_, at) => at !== i))
                  }}
                >
                  <X size={12} aria-hidden />
                </button>
              </span>
              <Popover.Dropdown className={css.editor} aria-label={t`Filter`}>
                <GroupEditor group={group} shops={shops} currency={currency} put={(g) => put(draft.map((old, at) => (at === i ? g : old)))} />
                <div className={css.done}>
                  <Button onClick={close}>
                    <Trans>Done</Trans>
                  </Button>
                </div>
              </Popover.Dropdown>
            </Popover>
          </li>
        ))}
      </ul>
      <FieldMenu label={t`Filter`} icon={<ListFilter size={14} aria-hidden />} pick={add} />
      {draft.length > 1 && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            setOpen(-1)
            put([])
          }}
        >
          <Trans>Clear all</Trans>
        </Button>
      )}
    </div>
  )
}

function FieldMenu({ label, icon, pick }: { label: string; icon: React.ReactNode; pick: (field: Field) => void }) {
  const names = useFieldNames()
  return (
    <Menu position="bottom-start" withinPortal={false} returnFocus={false}>
      <Menu.Target>
        <Button variant="default" leftSection={icon}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>
        {fields.map((f) => (
          <Menu.Item key={f} onClick={() => pick(f)}>
            {names[f]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

type EditorProps = { group: Condition[]; shops: FilterShop[]; currency: string; put: (group: Condition[]) => void }

function GroupEditor({ group, shops, currency, put }: EditorProps) {
  const { t } = useLingui()
  const names = useFieldNames()
  return (
    <div className={css.group}>
      {group.map((c, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: alternatives have no name of their own
        <fieldset key={i} className={css.condition}>
          <legend className={css.legend}>
            {i > 0 && (
              <em className={css.or}>
                <Trans>or</Trans>
              </em>
            )}
            {names[c.field]}
          </legend>
          <div className={css.controls}>
            <NativeSelect
              size="xs"
              aria-label={t`Holds or not`}
              value={c.not ? 'not' : ''}
              data={[
                { value: '', label: t`holds` },
                { value: 'not', label: t`does not hold` },
              ]}
              onChange={(e) => put(group.map((old, at) => (at === i ? { ...old, not: e.currentTarget.value === 'not' || undefined } : old)))}
            />
            <ConditionEditor condition={c} shops={shops} currency={currency} put={(n) => put(group.map((old, at) => (at === i ? n : old)))} />
            {group.length > 1 && (
              <ActionIcon aria-label={t`Remove`} onClick={() => put(group.filter((_, at) => at !== i))}>
                <X size={14} aria-hidden />
              </ActionIcon>
            )}
          </div>
        </fieldset>
      ))}
      <FieldMenu label={t`or…`} icon={<Plus size={14} aria-hidden />} pick={(f) => put([...group, emptyCondition(f)])} />
    </div>
  )
}

function ConditionEditor({
  condition: c,
  shops,
  currency,
  put,
}: {
  condition: Condition
  shops: FilterShop[]
  currency: string
  put: (c: Condition) => void
}) {
  const { t } = useLingui()
  const names = useConsentNames()
  switch (c.field) {
    case 'label':
      return (
        <LabelsInput values={c.values} put={(values) => put({ ...c, values })} />
      )
    case 'shop':
      return (
        <Checkbox.Group aria-label={t`Any of these shops`} value={c.values} onChange={(values) => put({ ...c, values })}>
          {shops.map((s) => (
            <Checkbox key={s.id} size="xs" value={s.id} label={s.name} />
          ))}
        </Checkbox.Group>
      )
    case 'group':
      return <GroupsInput values={c.values} put={(values) => put({ ...c, values })} />
    case 'country':
      return <CountriesInput values={c.values} put={(values) => put({ ...c, values })} />
    case 'category':
    case 'product':
      return <GoodsInput what={c.field} values={c.values} put={(values) => put({ ...c, values })} />
    case 'orders':
      return (
        <>
          <NumberInput
            size="xs"
            data-autofocus
            hideControls
            min={0}
            max={1_000_000}
            allowDecimal={false}
            allowNegative={false}
            aria-label={t`At least`}
            placeholder={t`At least`}
            value={c.min ?? ''}
            onChange={(v) => put({ ...c, min: v === '' ? undefined : Number(v) })}
          />
          <NumberInput
            size="xs"
            hideControls
            min={0}
            max={1_000_000}
            allowDecimal={false}
            allowNegative={false}
            aria-label={t`At most`}
            placeholder={t`At most`}
            value={c.max ?? ''}
            onChange={(v) => put({ ...c, max: v === '' ? undefined : Number(v) })}
          />
        </>
      )
    case 'spent': {
      const currencies = [...new Set([currency, ...shops.map((s) => s.currency)])]
      return (
        <>
          <AmountInput autoFocus label={t`At least`} value={c.min} put={(min) => put({ ...c, min })} />
          <AmountInput label={t`At most`} value={c.max} put={(max) => put({ ...c, max })} />
          {currencies.length > 1 && (
            <NativeSelect
              size="xs"
              aria-label={t`Currency`}
              data={currencies}
              value={c.currency ?? currency}
              onChange={(e) => put({ ...c, currency: e.currentTarget.value === currency ? undefined : e.currentTarget.value })}
            />
          )}
        </>
      )
    }
    case 'letter':
    case 'lastOrder':
    case 'created':
      return (
        <>
          <TextInput
            size="xs"
            type="date"
            data-autofocus
            aria-label={t`From`}
            value={c.from ?? ''}
            onChange={(e) => put({ ...c, from: e.currentTarget.value || undefined })}
          />
          <span aria-hidden>–</span>
          <TextInput size="xs" type="date" aria-label={t`To`} value={c.to ?? ''} onChange={(e) => put({ ...c, to: e.currentTarget.value || undefined })} />
        </>
      )
    case 'consent':
      return (
        <>
          <NativeSelect
            size="xs"
            data-autofocus
            aria-label={t`Channel`}
            data={channels.map((value) => ({ value, label: names.channels[value] }))}
            value={c.channel}
            onChange={(e) => put({ ...c, channel: e.currentTarget.value as typeof c.channel })}
          />
          <NativeSelect
            size="xs"
            aria-label={t`Consent`}
            data={consentStates.map((value) => ({ value, label: names.states[value] }))}
            value={c.state}
            onChange={(e) => put({ ...c, state: e.currentTarget.value as typeof c.state })}
          />
          <TextInput
            size="xs"
            aria-label={t`Preference`}
            placeholder={t`Any marketing`}
            value={c.preference}
            maxLength={100}
            list="preferences"
            onChange={(e) => put({ ...c, preference: e.currentTarget.value })}
          />
          <PreferencesInUse id="preferences" channel={c.channel} />
        </>
      )
    default:
      return null
  }
}

type ValuesProps = { values: string[]; put: (values: string[]) => void }

function GroupsInput({ values, put }: ValuesProps) {
  const { t } = useLingui()
  const groups = useGroups()
  if (groups.length === 0)
    return (
      <span className="quiet">
        <Trans>There are no groups yet.</Trans>
      </span>
    )
  return (
    <Checkbox.Group aria-label={t`Any of these groups`} value={values} onChange={put}>
      {groups.map((g) => (
        <Checkbox key={g.id} size="xs" value={g.id} label={g.name} />
      ))}
    </Checkbox.Group>
  )
}

function CountriesInput({ values, put }: ValuesProps) {
  const { t } = useLingui()
  return (
    <TagsInput
      size="xs"
      data-autofocus
      aria-label={t`Any of these countries`}
      placeholder={values.length ? undefined : t`Two letters, such as FR`}
      data={['FR', 'DE', 'BE', 'CH', 'AT', 'LU', 'NL', 'IT', 'ES', 'GB']}
      comboboxProps={{ withinPortal: false }}
      value={values}
      onChange={(list) => put([...new Set(list.map((c) => c.trim().toUpperCase()))].filter((c) => /^[A-Z]{2}$/.test(c)))}
      maxTags={20}
      acceptValueOnBlur
    />
  )
}

function GoodsInput({ what, values, put }: ValuesProps & { what: 'category' | 'product' }) {
  const { t } = useLingui()
  const [words, setWords] = useState('')
  const known = useBought(what, words)
  return (
    <MultiSelect
      size="xs"
      data-autofocus
      searchable
      aria-label={what === 'category' ? t`Any of these categories` : t`Any of these products`}
      placeholder={values.length ? undefined : t`Type a part of the name`}
      data={[...new Set([...values, ...known])]}
      comboboxProps={{ withinPortal: false }}
      value={values}
      onChange={put}
      searchValue={words}
      onSearchChange={setWords}
      maxValues={20}
    />
  )
}

function LabelsInput({ values, put }: { values: string[]; put: (values: string[]) => void }) {
  const { t } = useLingui()
  return (
    <TagsInput
      size="xs"
      data-autofocus
      aria-label={t`Any of these labels`}
      placeholder={values.length ? undefined : t`Type a label, then Enter`}
      data={useLabelsInUse()}
      comboboxProps={{ withinPortal: false }}
      value={values}
      onChange={put}
      maxTags={20}
      acceptValueOnBlur
    />
  )
}

function AmountInput({ label, value, put, autoFocus }: { label: string; value?: string; put: (v?: string) => void; autoFocus?: boolean }) {
  return (
    <NumberInput
      size="xs"
      data-autofocus={autoFocus || undefined}
      hideControls
      min={0}
      max={999_999_999}
      decimalScale={2}
      allowNegative={false}
      aria-label={label}
      placeholder={label}
      value={value ?? ''}
      onChange={(v) => put(v === '' ? undefined : String(v))}
    />
  )
}

import { useLingui } from '@lingui/react/macro'
import { NativeSelect, Tabs } from '@mantine/core'
import { Check } from 'lucide-react'
import { type ReactNode, useContext, useEffect, useState } from 'react'
import { useFormat } from '../lib/format'
import css from './Builder.module.css'
import { RefusedContext } from './fields'
import { isWritten, type LetterDraft, type TextDraft, textLanguages } from './plan'

/** Languages besides ours that are offered for texts; the server takes any. */
const others = ['es', 'it', 'nl', 'pt', 'pl', 'da', 'sv', 'fi', 'cs', 'el', 'ro', 'hu']

type Props<T> = {
  label: string
  texts: Record<string, T>
  empty: T
  at: string
  put: (texts: Record<string, T>) => void
  children: (text: T, language: string, put: (text: T) => void) => ReactNode
}

/** A text, language by language. One without a text falls back to the shop's language. */
export function Languages<T extends TextDraft | LetterDraft>({ label, texts, empty, at, put, children }: Props<T>) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const languages = [...textLanguages, ...Object.keys(texts).filter((l) => !textLanguages.includes(l))]
  const written = (l: string) => isWritten(texts[l])
  const [shown, show] = useState(written(i18n.locale) ? i18n.locale : (languages.find(written) ?? i18n.locale))
  // What was refused may be in a language that is not shown.
  const refusal = useContext(RefusedContext)
  useEffect(() => {
    const field = refusal?.field ?? ''
    if (field.startsWith(`${at}.`)) show(field.slice(at.length + 1, at.length + 3))
  }, [refusal, at])
  return (
    <>
      <Tabs value={shown} onChange={(l) => l && show(l)} className={css.texts} keepMounted={false}>
        <Tabs.List aria-label={label} className={css.tabs}>
          {languages.map((l) => (
            <Tabs.Tab key={l} value={l} rightSection={written(l) ? <Check size={12} role="img" aria-label={t`written`} /> : undefined}>
              {format.language(l)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {languages.map((l) => (
          <Tabs.Panel key={l} value={l}>
            {children(texts[l] ?? empty, l, (text) => put({ ...texts, [l]: text }))}
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
          put({ ...texts, [l]: empty })
          show(l)
        }}
      />
    </>
  )
}

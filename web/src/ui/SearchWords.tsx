import { useLingui } from '@lingui/react/macro'
import { Loader, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Search as SearchIcon, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import css from './SearchWords.module.css'

/** Types at once, asks a moment later. */
export function SearchWords({ name, words, change }: { name: string; words: string; change: (words: string) => void }) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(words)
  const [settled] = useDebouncedValue(typed, 180)
  const [sent, setSent] = useState(words)
  // The address leads when it changes by itself, such as by going back.
  if (words !== sent) {
    setSent(words)
    if (words !== typed.trim()) setTyped(words)
  }
  useEffect(() => {
    const next = settled.trim()
    if (next !== words && next === typed.trim()) {
      setSent(next)
      change(next)
    }
  }, [settled, typed, words, change])
  return (
    <TextInput
      className={css.search}
      size="xs"
      type="search"
      autoComplete="off"
      maxLength={200}
      aria-label={name}
      placeholder={name}
      leftSection={<SearchIcon size={14} aria-hidden />}
      rightSection={
        typed !== settled ? (
          <Loader size={12} aria-hidden />
        ) : typed ? (
          <button type="button" className={css.clear} aria-label={t`Clear the search`} onClick={() => setTyped('')}>
            <X size={12} aria-hidden />
          </button>
        ) : null
      }
      value={typed}
      onChange={(e) => setTyped(e.currentTarget.value)}
      onKeyDown={(e) => {
        if (e.key === 'Escape') e.currentTarget.blur()
      }}
    />
  )
}

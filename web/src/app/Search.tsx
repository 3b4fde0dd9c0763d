import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Combobox, Loader, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Search as SearchIcon } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { useLocation } from 'wouter'
import { FindCustomersDocument } from '../gql/graphql'
import { Amount } from '../ui/parts'
import css from './Search.module.css'

const shown = 7

/** Finds people from anywhere: the first few as one types, all of them on Enter. */
export function Search() {
  const { t } = useLingui()
  const [words, setWords] = useState('')
  const [asked] = useDebouncedValue(words.trim(), 160)
  const [, navigate] = useLocation()
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const [{ data, fetching, error }] = useQuery({
    query: FindCustomersDocument,
    variables: { filter: { search: asked }, first: shown },
    pause: asked === '',
  })
  const people = asked && data ? data.profiles.nodes : []
  const waiting = fetching || asked !== words.trim()

  function open(value: string) {
    box.closeDropdown()
    setWords('')
    document.getElementById('search')?.blur()
    navigate(value === 'all' ? `/customers?q=${encodeURIComponent(words.trim())}` : `/customers/${value}`)
  }

  return (
    <Combobox store={box} onOptionSubmit={open} shadow="md" offset={4} transitionProps={{ duration: 80 }}>
      <Combobox.Target>
        <TextInput
          id="search"
          className={css.search}
          size="xs"
          type="search"
          autoComplete="off"
          aria-label={t`Search customers`}
          placeholder={t`Name, e-mail, phone, city, order number…`}
          leftSection={<SearchIcon size={14} aria-hidden />}
          rightSection={waiting && words ? <Loader size={12} aria-hidden /> : <kbd className={css.key}>/</kbd>}
          value={words}
          maxLength={200}
          onChange={(event) => {
            setWords(event.currentTarget.value)
            if (event.currentTarget.value.trim()) {
              box.openDropdown()
              box.resetSelectedOption()
            } else box.closeDropdown()
          }}
          onFocus={() => words.trim() && box.openDropdown()}
          onBlur={() => box.closeDropdown()}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setWords('')
              box.closeDropdown()
              event.currentTarget.blur()
            } else if (event.key === 'Enter' && words.trim() && box.getSelectedOptionIndex() < 0) {
              event.preventDefault()
              open('all')
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!words.trim()}>
        <Combobox.Options aria-label={t`Customers`}>
          {people.map((p) => (
            <Combobox.Option value={p.id} key={p.id} className={css.person}>
              <span className={css.name}>{p.displayName}</span>
              <span className={css.email}>{p.emails[0]?.address}</span>
              <span className={css.facts}>
                <Plural value={p.orderCount} one="# order" other="# orders" /> · <Amount value={p.spent} />
              </span>
            </Combobox.Option>
          ))}
          {people.length > 0 && (
            <Combobox.Option value="all" className={css.all}>
              <Trans>All customers for “{words.trim()}”</Trans>
            </Combobox.Option>
          )}
          {people.length === 0 && (
            <Combobox.Empty className={css.none}>
              {error ? <Trans>The search does not answer. Try again.</Trans> : waiting ? <Trans>Searching…</Trans> : <Trans>Nobody found.</Trans>}
            </Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

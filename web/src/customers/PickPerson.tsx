import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { FindCustomersDocument } from '../gql/graphql'
import { Amount } from '../ui/parts'
import css from './PickPerson.module.css'

/** Finds one person by words. */
export function PickPerson({ label, except, pick }: { label: string; except?: string; pick: (id: string, name: string) => void }) {
  const { t } = useLingui()
  const [words, setWords] = useState('')
  const [asked] = useDebouncedValue(words.trim(), 160)
  const [{ data, fetching, error }] = useQuery({ query: FindCustomersDocument, variables: { filter: { search: asked }, first: 8 }, pause: asked === '' })
  const found = asked && data ? data.profiles.nodes.filter((p) => p.id !== except) : []
  return (
    <>
      <TextInput
        data-autofocus
        type="search"
        autoComplete="off"
        maxLength={200}
        label={label}
        placeholder={t`Name, e-mail, phone, city, order number…`}
        leftSection={<Search size={14} aria-hidden />}
        value={words}
        onChange={(e) => setWords(e.currentTarget.value)}
      />
      <ul className={css.found} aria-label={t`Found profiles`}>
        {found.map((p) => (
          <li key={p.id}>
            <button type="button" className={css.pick} onClick={() => pick(p.id, p.displayName)}>
              <span className={css.name}>{p.displayName}</span>
              <span className={css.email}>{p.emails[0]?.address}</span>
              <span className={css.facts}>
                <Plural value={p.orderCount} one="# order" other="# orders" /> · <Amount value={p.spent} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {asked && found.length === 0 && !fetching && (
        <p className={css.none}>{error ? <Trans>The search does not answer. Try again.</Trans> : <Trans>Nobody else found.</Trans>}</p>
      )}
    </>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Combobox, Loader, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Search as SearchIcon } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { useLocation } from 'wouter'
import { ChannelMark } from '../campaigns/words'
import { FindCustomersDocument, MessagesByCodeDocument, type MessagesByCodeQuery } from '../gql/graphql'
import { looksLikeCode, onlyHit } from '../lib/code'
import { Amount, When } from '../ui/parts'
import css from './Search.module.css'
import { useSession } from './session'

const shown = 7

/** The customer's card, open at the message. */
function placeOf(hit: MessagesByCodeQuery['messagesByCode'][number]): string {
  return `${hit.profileId}?message=${hit.id}`
}

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
  const { can } = useSession()
  const [{ data: coded, fetching: looking }] = useQuery({
    query: MessagesByCodeDocument,
    variables: { part: asked },
    pause: !can('CLERK') || !looksLikeCode(asked),
  })
  const hits = looksLikeCode(asked) && coded ? coded.messagesByCode : []
  const waiting = looking || fetching || asked !== words.trim()

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
          placeholder={t`Name, e-mail, phone, city, order number, code…`}
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
              const hit = waiting ? null : onlyHit(hits, people)
              open(hit ? placeOf(hit) : 'all')
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!words.trim()}>
        <Combobox.Options aria-label={t`Customers`}>
          {hits.map((h) => (
            <Combobox.Option value={placeOf(h)} key={h.id} className={css.person}>
              <span className={css.name}>{h.profile?.displayName}</span>
              <span className={css.email}>
                <ChannelMark channel={h.channel} /> {[h.voucher?.code, h.letter?.code].filter(Boolean).join(' · ')}
              </span>
              <span className={css.facts}>
                {h.campaignName}
                {h.sentAt && (
                  <>
                    {' · '}
                    <When at={h.sentAt} />
                  </>
                )}
              </span>
            </Combobox.Option>
          ))}
          {people.map((p) => (
            <Combobox.Option value={p.id} key={p.id} className={css.person}>
              <span className={css.name}>
                {p.photo && <img className={css.photo} src={p.photo.url} alt="" width={18} height={18} />}
                {p.displayName}
              </span>
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
          {people.length === 0 && hits.length === 0 && (
            <Combobox.Empty className={css.none}>
              {error ? <Trans>The search does not answer. Try again.</Trans> : waiting ? <Trans>Searching…</Trans> : <Trans>Nobody found.</Trans>}
            </Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

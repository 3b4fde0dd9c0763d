import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from 'urql'
import { useSession } from '../app/session'
import { CategoriesBoughtDocument, type ConsentChannel, GroupNamesDocument, LabelsInUseDocument, PreferencesInUseDocument, ProductsBoughtDocument } from '../gql/graphql'

/** The merchant's groups, to choose from. */
export function useGroups(): readonly { id: string; name: string }[] {
  const [{ data }] = useQuery({ query: GroupNamesDocument })
  return data?.customerGroups ?? []
}

/** Names of goods that people bought and that have some words in them, to choose from. */
export function useBought(what: 'category' | 'product', words: string): string[] {
  const { can } = useSession()
  const [like] = useDebouncedValue(words.trim(), 160)
  const [{ data: categories }] = useQuery({ query: CategoriesBoughtDocument, variables: { like }, pause: what !== 'category' || !can('CLERK') })
  const [{ data: products }] = useQuery({ query: ProductsBoughtDocument, variables: { like }, pause: what !== 'product' || !can('CLERK') })
  return [...(categories?.categoriesBought ?? []), ...(products?.productsBought ?? [])]
}

/** Labels that are on somebody, to choose from. */
export function useLabelsInUse(): string[] {
  const [{ data }] = useQuery({ query: LabelsInUseDocument, requestPolicy: 'cache-and-network' })
  return data?.labels.map((l) => l.name) ?? []
}

/** The same for a field that shows what its `list` names. */
export function LabelsInUse({ id }: { id: string }) {
  return <Suggestions id={id} values={useLabelsInUse()} />
}

/** What a preference is called by now; its key, where it has no name of its own. */
export function usePreferenceName(): (channel: string, preference: string) => string {
  const [{ data }] = useQuery({ query: PreferencesInUseDocument })
  return (channel, preference) => data?.marketingPreferences.find((p) => p.channel === channel && p.preference === preference)?.name ?? preference
}

/** Preferences that somebody has said something about, to choose from. */
export function PreferencesInUse({ id, channel }: { id: string; channel: ConsentChannel }) {
  const [{ data }] = useQuery({ query: PreferencesInUseDocument, requestPolicy: 'cache-and-network' })
  const list = data?.marketingPreferences.filter((p) => p.channel === channel) ?? []
  return (
    <datalist id={id}>
      {list.map((p) => (
        <option key={p.preference} value={p.preference} label={p.name === p.preference ? undefined : p.name} />
      ))}
    </datalist>
  )
}

function Suggestions({ id, values }: { id: string; values: string[] }) {
  return (
    <datalist id={id}>
      {values.map((v) => (
        <option key={v} value={v} />
      ))}
    </datalist>
  )
}

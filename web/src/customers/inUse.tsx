import { useQuery } from 'urql'
import { type ConsentChannel, LabelsInUseDocument, PreferencesInUseDocument } from '../gql/graphql'

/** Labels that are on somebody, to choose from. */
export function useLabelsInUse(): string[] {
  const [{ data }] = useQuery({ query: LabelsInUseDocument, requestPolicy: 'cache-and-network' })
  return data?.labels.map((l) => l.name) ?? []
}

/** The same for a field that shows what its `list` names. */
export function LabelsInUse({ id }: { id: string }) {
  return <Suggestions id={id} values={useLabelsInUse()} />
}

/** Preferences that somebody has said something about, to choose from. */
export function PreferencesInUse({ id, channel }: { id: string; channel: ConsentChannel }) {
  const [{ data }] = useQuery({ query: PreferencesInUseDocument, requestPolicy: 'cache-and-network' })
  return <Suggestions id={id} values={data?.marketingPreferences.filter((p) => p.channel === channel).map((p) => p.preference) ?? []} />
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

import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { CustomerGroupsDocument, SetGroupDocument } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { toldRefusal } from '../ui/Form'
import type { Person } from './Customer'

/** Puts somebody into a group and out of the one before. */
export default function GroupSelect({ person }: { person: Person }) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: CustomerGroupsDocument })
  const [{ fetching }, set] = useMutation(SetGroupDocument)
  const groups = data?.customerGroups ?? []
  if (groups.length === 0) return null
  async function choose(group: string | null, before: string | null) {
    const { data, error } = await set({ profile: person.id, group })
    if (toldRefusal(data?.setGroup, error)) return
    forgetPages()
    tell(<Trans>Saved.</Trans>, () => choose(before, group))
  }
  return (
    <NativeSelect
      size="xs"
      mt="sm"
      label={t`Group`}
      disabled={fetching}
      value={person.group?.id ?? ''}
      data={[{ value: '', label: t`none` }, ...groups.map((g) => ({ value: g.id, label: g.name }))]}
      onChange={(e) => choose(e.currentTarget.value || null, person.group?.id ?? null)}
    />
  )
}

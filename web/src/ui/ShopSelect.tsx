import { useLingui } from '@lingui/react/macro'
import { NativeSelect } from '@mantine/core'
import { useQuery } from 'urql'
import { ShopNamesDocument } from '../gql/graphql'

/** Narrows a list to a shop, where there is more than one. */
export function ShopSelect({ shop, change }: { shop: string | null; change: (shop: string | null) => void }) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const shops = data?.shops ?? []
  if (shops.length < 2) return null
  return (
    <NativeSelect
      size="xs"
      aria-label={t`Shop`}
      value={shop ?? ''}
      data={[{ value: '', label: t`All shops` }, ...shops.map((s) => ({ value: s.id, label: s.name }))]}
      onChange={(e) => change(e.currentTarget.value || null)}
    />
  )
}

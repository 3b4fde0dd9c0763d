import { Trans } from '@lingui/react/macro'
import type { TakenFragment } from '../gql/graphql'
import { useFormat } from '../lib/format'

/** What the goods left, or that nobody knows. */
export function Margin({ taken, currency }: { taken: TakenFragment; currency: string }) {
  const format = useFormat()
  return taken.margin === null ? <Trans>not known</Trans> : format.money({ amount: taken.margin, currencyCode: currency })
}

/** Of how many pieces the margin is; nothing where there are none. */
export function KnownFor({ goods }: { goods: TakenFragment['goods'] }) {
  const format = useFormat()
  if (goods.pieces === 0) return null
  return (
    <>
      <Trans>
        known for {format.number(goods.known)} of {format.number(goods.pieces)} pieces
      </Trans>
      {goods.late > 0 && (
        <>
          {', '}
          <Trans>{format.number(goods.late)} by a later cost</Trans>
        </>
      )}
    </>
  )
}

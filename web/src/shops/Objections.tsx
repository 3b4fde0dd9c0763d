import { Plural, Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { RotateCcw, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useMutation } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { RetryObjectionsDocument, type ShopQuery } from '../gql/graphql'
import { toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import { Said } from '../ui/said'
import css from './Rights.module.css'

type OneShop = NonNullable<ShopQuery['shop']>

/** Objections to e-mail that the shop was not told of: why, and what to do once that is mended. */
export function Objections({ shop, reload }: { shop: OneShop; reload: () => void }) {
  const { can } = useSession()
  const [, retry] = useMutation(RetryObjectionsDocument)
  const [busy, setBusy] = useState(false)
  const list = shop.stuckObjections
  if (list.length === 0) return null
  const again = async () => {
    setBusy(true)
    const { data, error } = await retry({ shopId: shop.id })
    setBusy(false)
    if (toldRefusal(data?.objectionsRetry, error)) return
    tell(<Trans>The shop is told again. What it refuses shows here in a few minutes.</Trans>)
    reload()
  }
  return (
    <Panel
      title={<Plural value={list.reduce((n, o) => n + o.count, 0)} one="# objection is not known to the shop" other="# objections are not known to the shop" />}
      action={
        can('MARKETER') && (
          <Button variant="default" size="xs" loading={busy} leftSection={<RotateCcw size={14} aria-hidden />} onClick={again}>
            <Trans>Try again</Trans>
          </Button>
        )
      }
    >
      <p>
        <Trans>Nobody of them gets messages from here. But the shop’s own newsletter may still go to them.</Trans>
      </p>
      <ul className={css.rights}>
        {list.map((o) => (
          <li key={o.text} className={css.right}>
            <TriangleAlert size={14} aria-hidden />
            <div>
              <p>
                <Said sentence={o.cause} text={o.text} />
              </p>
              <p className={css.how}>
                <Plural value={o.count} one="# record" other="# records" />,{' '}
                <Trans>
                  oldest objection: <When at={o.since} />
                </Trans>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

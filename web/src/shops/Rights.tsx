import { Trans } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import type { Platform } from '../gql/graphql'
import { Copy } from '../ui/parts'
import css from './Rights.module.css'

type Right = { right: string; help: string }

/** Rights that the key or token lacks, each with how to grant it in the shop's back office. */
export function Rights({ platform, rights }: { platform: Platform; rights: Right[] }) {
  if (rights.length === 0) return null
  return (
    <ul className={css.rights}>
      {rights.map((r) => (
        <li key={r.right} className={css.right}>
          <TriangleAlert size={14} aria-hidden />
          <div>
            <Copy value={r.right}>
              <code>{r.right}</code>
            </Copy>
            <p className={css.how}>
              <How platform={platform} right={r} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  )
}

function How({ platform, right }: { platform: Platform; right: Right }) {
  const [resource, method] = right.right.split(' ')
  if (platform === 'PRESTASHOP' && method) {
    return (
      <Trans>
        In the back office open Advanced Parameters, then Webservice, edit the key, tick {method} in the row “{resource}”, and save.
      </Trans>
    )
  }
  if (platform === 'SHOPIFY' && /^(read|write)_/.test(right.right)) {
    return <Trans>In the app’s configuration add the Admin API access scope “{right.right}”, save, and install the app again.</Trans>
  }
  return <>{right.help}</>
}

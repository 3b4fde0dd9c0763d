import { TriangleAlert } from 'lucide-react'
import type { MissingRightPartsFragment } from '../gql/graphql'
import { Copy } from '../ui/parts'
import { Said } from '../ui/said'
import css from './Rights.module.css'

/** Rights that the key or token lacks: what is missing without each, and how to grant it in the shop's back office. */
export function Rights({ rights }: { rights: MissingRightPartsFragment[] }) {
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
            <p>
              <Said sentence={r.lost} text={r.help} />
            </p>
            {r.grant && (
              <p className={css.how}>
                <Said sentence={r.grant} text="" />
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

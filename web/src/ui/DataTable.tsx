import type { ReactNode } from 'react'
import table from './table.module.css'

export type Head = { name: ReactNode; right?: boolean }

/** A table that scrolls sideways where it must; figures stand at the right. */
export function DataTable({ heads, children }: { heads: Head[]; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={table.wide} tabIndex={0} role="group">
      <table className={table.table}>
        <thead>
          <tr>
            {heads.map(({ name, right }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: heads do not move
              <th key={i} scope="col" className={right ? table.right : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

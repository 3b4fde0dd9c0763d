import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import type { CombinedError } from 'urql'
import { Failure } from './states'
import table from './table.module.css'

/** The end of a list whose further pages are asked for by hand. */
export function More({ list }: { list: { next: string | null; error: CombinedError | null; busy: boolean; more: () => void } }) {
  if (list.error) return <Failure error={list.error} retry={list.more} />
  if (!list.next) return null
  return (
    <div className={table.more}>
      <Button variant="subtle" loading={list.busy} onClick={list.more}>
        <Trans>Show earlier ones</Trans>
      </Button>
    </div>
  )
}

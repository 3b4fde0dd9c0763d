import { Trans } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import type { RunPartsFragment } from '../gql/graphql'
import { When } from '../ui/parts'
import { Said } from '../ui/said'
import css from './WhyFailed.module.css'

/** Why the pull failed, and when it is tried again by itself. */
export function WhyFailed({ run, nextTryAt }: { run: RunPartsFragment; nextTryAt: string | null }) {
  if (run.state !== 'FAILED' || !run.error) return null
  return (
    <p className={css.why}>
      <TriangleAlert size={14} aria-hidden />
      <span>
        <Said sentence={run.cause} text={run.error} />{' '}
        {nextTryAt && (
          <span className={css.next}>
            <Trans>
              Tried again <When at={nextTryAt} relative />.
            </Trans>
          </span>
        )}
      </span>
    </p>
  )
}

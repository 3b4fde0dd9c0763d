import { Trans, useLingui } from '@lingui/react/macro'
import { Link, useLocation } from 'wouter'
import { useSession } from '../app/session'
import css from '../campaigns/Campaigns.module.css'

/** Letters, the batches in which one prints them, and what the post says of addresses. */
export function LetterParts() {
  const { t } = useLingui()
  const { can } = useSession()
  const [location] = useLocation()
  const here = (href: string) => (location === href ? 'page' : undefined)
  return (
    <nav className={css.parts} aria-label={t`Letters`}>
      <Link href="/letters" aria-current={here('/letters')}>
        <Trans>Letters</Trans>
      </Link>
      {can('MARKETER') && (
        <Link href="/letters/batches" aria-current={here('/letters/batches')}>
          <Trans>Batches</Trans>
        </Link>
      )}
      <Link href="/letters/addresses" aria-current={here('/letters/addresses')}>
        <Trans>Addresses</Trans>
      </Link>
    </nav>
  )
}

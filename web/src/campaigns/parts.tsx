import { Trans, useLingui } from '@lingui/react/macro'
import { Link, useLocation } from 'wouter'
import css from './Campaigns.module.css'

/** Campaigns, the segments that they write to, and what they did in a month. */
export function CampaignParts() {
  const { t } = useLingui()
  const [location] = useLocation()
  const here = (href: string) => (location === href ? 'page' : undefined)
  return (
    <nav className={css.parts} aria-label={t`Campaigns`}>
      <Link href="/campaigns" aria-current={here('/campaigns')}>
        <Trans>Campaigns</Trans>
      </Link>
      <Link href="/campaigns/segments" aria-current={here('/campaigns/segments')}>
        <Trans>Segments</Trans>
      </Link>
      <Link href="/campaigns/report" aria-current={here('/campaigns/report')}>
        <Trans>Monthly report</Trans>
      </Link>
    </nav>
  )
}

import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { Page } from '../ui/Page'
import { Skeleton } from '../ui/states'
import css from './Settings.module.css'

const Profile = lazy(() => import('./Profile'))
const Business = lazy(() => import('./Business'))
const ShopSettings = lazy(() => import('./ShopSettings'))
const Printers = lazy(() => import('./Printers'))
const Sending = lazy(() => import('./Sending'))
const Consents = lazy(() => import('./Consents'))
const Users = lazy(() => import('./Users'))
const Tokens = lazy(() => import('./Tokens'))
const Audit = lazy(() => import('./Audit'))

/** Everything that is set once, part by part. */
export default function Settings({ part }: { part?: string }) {
  const { t } = useLingui()
  const { can } = useSession()
  const owner = can('OWNER')
  const parts = [
    { name: 'profile', title: t`Profile`, show: true, Part: Profile },
    { name: 'business', title: t`Business`, show: owner, Part: Business },
    { name: 'shops', title: t`Shops and senders`, show: owner, Part: ShopSettings },
    { name: 'printers', title: t`Printers`, show: owner, Part: Printers },
    { name: 'sending', title: t`Sending rules`, show: can('MARKETER'), Part: Sending },
    { name: 'consents', title: t`Consents`, show: can('MARKETER'), Part: Consents },
    { name: 'users', title: t`Users`, show: owner, Part: Users },
    { name: 'tokens', title: t`Tokens`, show: owner, Part: Tokens },
    { name: 'audit', title: t`Audit`, show: owner, Part: Audit },
  ].filter((p) => p.show)
  const here = parts.find((p) => p.name === part) ?? parts[0]
  const current = useRef<HTMLAnchorElement>(null)
  const name = here?.name
  // On a phone the parts are a line that is longer than the screen.
  useEffect(() => {
    if (name) current.current?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [name])
  if (!here) return null
  return (
    <Page title={t`Settings`}>
      <div className={css.columns}>
        <nav className={css.parts} aria-label={t`Settings`}>
          {parts.map((p) => (
            <Link key={p.name} ref={p === here ? current : undefined} href={`/settings/${p.name}`} aria-current={p === here ? 'page' : undefined}>
              {p.title}
            </Link>
          ))}
        </nav>
        <div className={css.part}>
          <Suspense fallback={<Skeleton />}>
            <here.Part />
          </Suspense>
        </div>
      </div>
    </Page>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { Globe, Home, Keyboard, ListTodo, LogOut, Mail, Megaphone, Moon, Package, Settings, ShieldCheck, ShoppingCart, Store, User, Users } from 'lucide-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { Link, useLocation } from 'wouter'
import { entry } from '../api/entry'
import { tellSignedOut } from '../api/signedOut'
import { useOpened } from '../lib/address'
import css from './Frame.module.css'
import { useKeys } from './keys'
import { chooseLanguage, type Language, languageNames, languages } from './language'
import { Pulls } from './Pulls'
import { Search } from './Search'
import { useSession } from './session'

const KeyList = lazy(() => import('./KeyList'))

/** On a phone the bar has room for five: what is elsewhere too is left out. */
type Entry = { href: string; name: string; icon: ReactNode; wide?: boolean }

function useEntries(): { first: Entry[]; second: Entry[] } {
  const { t } = useLingui()
  const { can } = useSession()
  const campaigns = { href: '/campaigns', name: t`Campaigns`, icon: <Megaphone size={16} aria-hidden /> }
  const letters = { href: '/letters', name: t`Letters`, icon: <Mail size={16} aria-hidden />, wide: true }
  const tasks = { href: '/tasks', name: t`Tasks`, icon: <ListTodo size={16} aria-hidden />, wide: true }
  return {
    first: [
      { href: '/', name: t`Overview`, icon: <Home size={16} aria-hidden /> },
      { href: '/customers', name: t`Customers`, icon: <Users size={16} aria-hidden /> },
      { href: '/orders', name: t`Orders`, icon: <Package size={16} aria-hidden /> },
      { href: '/carts', name: t`Carts`, icon: <ShoppingCart size={16} aria-hidden /> },
      ...(can('MARKETER') ? [campaigns] : []),
      ...(can('CLERK') ? [letters, tasks] : []),
    ],
    second: [
      { href: '/shops', name: t`Shops`, icon: <Store size={16} aria-hidden /> },
      ...(can('MARKETER') ? [{ href: '/privacy', name: t`Privacy`, icon: <ShieldCheck size={16} aria-hidden />, wide: true }] : []),
      { href: '/settings', name: t`Settings`, icon: <Settings size={16} aria-hidden />, wide: true },
    ],
  }
}

/** What is around every screen: header, side, and below 900 px a bar at the bottom. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useLingui()
  const { merchant, can } = useSession()
  const [keysShown, showKeys, hideKeys] = useOpened('keys')
  const [, navigate] = useLocation()
  const entries = useEntries()
  useKeys({
    'g o': () => navigate('/'),
    'g c': () => navigate('/customers'),
    'g r': () => navigate('/orders'),
    'g a': () => navigate('/carts'),
    'g m': () => can('MARKETER') && navigate('/campaigns'),
    'g l': () => can('CLERK') && navigate('/letters'),
    'g t': () => can('CLERK') && navigate('/tasks'),
    'g s': () => navigate('/shops'),
    'g e': () => navigate('/settings'),
    '/': () => document.getElementById('search')?.focus(),
    '?': () => showKeys('list'),
  })
  return (
    <div className={css.frame}>
      <a href="#main" className={css.skip}>
        <Trans>Skip to content</Trans>
      </a>
      <header className={css.header}>
        <Link href="/" className={css.brand}>
          <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="#0b6e6e" />
            <path
              d="M11 23V9h6.2a4.4 4.4 0 0 1 0 8.8H11m6 0 5 5.2"
              fill="none"
              stroke="#fff"
              strokeWidth="2.6"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          <span className={css.product}>Relance</span>
          <span className={css.merchant}>{merchant.name}</span>
        </Link>
        <Search />
        <div className={css.tools}>
          <Tooltip label={t`Keys`}>
            <UnstyledButton className={`${css.tool} ${css.wideOnly}`} aria-label={t`Keys`} onClick={() => showKeys('list')}>
              <Keyboard size={16} aria-hidden />
            </UnstyledButton>
          </Tooltip>
          <SchemeMenu />
          <LanguageMenu />
          <PersonMenu />
        </div>
      </header>
      <nav className={css.side} aria-label={t`Main`}>
        <NavList entries={entries.first} />
        <hr className={css.rule} />
        <NavList entries={entries.second} />
        <Pulls />
      </nav>
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      {keysShown && (
        <Suspense>
          <KeyList close={hideKeys} />
        </Suspense>
      )}
    </div>
  )
}

function NavList({ entries }: { entries: Entry[] }) {
  const [location] = useLocation()
  return (
    <ul className={css.nav}>
      {entries.map((e) => {
        const here = e.href === '/' ? location === '/' : location === e.href || location.startsWith(`${e.href}/`)
        return (
          <li key={e.href} className={e.wide ? css.wideOnly : undefined}>
            <Link href={e.href} className={css.entry} aria-current={here ? 'page' : undefined}>
              {e.icon}
              <span>{e.name}</span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}

export function SchemeMenu() {
  const { t } = useLingui()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemes = [
    { value: 'auto', name: t`Like the system` },
    { value: 'light', name: t`Light` },
    { value: 'dark', name: t`Dark` },
  ] as const
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={css.tool} aria-label={t`Appearance`}>
          <Moon size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)}>
          {schemes.map((s) => (
            <Menu.RadioItem key={s.value} value={s.value} closeMenuOnClick>
              {s.name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

export function LanguageMenu() {
  const { t, i18n } = useLingui()
  const code = i18n.locale.toUpperCase()
  const name = languageNames[i18n.locale as Language]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={css.tool} aria-label={t`${code}, language: ${name}`}>
          <Globe size={16} aria-hidden />
          <span className={css.wideOnly}>{code}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={i18n.locale} onChange={(l) => chooseLanguage(l as Language)}>
          {languages.map((l) => (
            <Menu.RadioItem key={l} value={l} lang={l} closeMenuOnClick>
              {languageNames[l]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

export function useRoleName() {
  const { t } = useLingui()
  return { OWNER: t`Owner`, MARKETER: t`Marketer`, CLERK: t`Clerk`, READER: t`Reader` }
}

function PersonMenu() {
  const { t } = useLingui()
  const { user, role, can } = useSession()
  const roles = useRoleName()
  const [, navigate] = useLocation()
  const name = user?.name || roles[role]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={css.tool} aria-label={t`Account: ${name}`}>
          <User size={16} aria-hidden />
          <span className={css.wideOnly}>{name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user ? (
            <>
              {user.email}
              <br />
            </>
          ) : null}
          {roles[role]}
        </Menu.Label>
        {can('CLERK') && (
          <Menu.Item leftSection={<Mail size={14} aria-hidden />} onClick={() => navigate('/letters')}>
            <Trans>Letters</Trans>
          </Menu.Item>
        )}
        {can('CLERK') && (
          <Menu.Item leftSection={<ListTodo size={14} aria-hidden />} onClick={() => navigate('/tasks')}>
            <Trans>Tasks</Trans>
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Settings size={14} aria-hidden />} onClick={() => navigate('/settings')}>
          <Trans>Settings</Trans>
        </Menu.Item>
        <Menu.Item
          leftSection={<LogOut size={14} aria-hidden />}
          onClick={async () => {
            const answer = await entry.signOut()
            if (!answer.ok) return
            navigate('/')
            tellSignedOut()
          }}
        >
          <Trans>Sign out</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

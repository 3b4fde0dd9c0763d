import { Trans } from '@lingui/react/macro'
import { CircleAlert } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import type { EntryError } from '../api/entry'
import { LanguageMenu, SchemeMenu } from '../app/Frame'
import { useFormat } from '../lib/format'
import { Said } from '../ui/said'
import css from './EntryPage.module.css'

/** Where a second factor is set up before anything else. */
export function enrolAt(place: string): string {
  return place === '/' ? '/two-factor' : `/two-factor?to=${encodeURIComponent(place)}`
}

/** The quiet page in front of the dashboard. */
export function EntryPage({ title, wide, children }: { title: string; wide?: boolean; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Relance`
  }, [title])
  return (
    <div className={css.page}>
      <div className={css.tools}>
        <SchemeMenu />
        <LanguageMenu />
      </div>
      <main className={css.card} data-wide={wide || undefined}>
        <p className={css.brand}>
          <img src="/icon.svg" width="28" height="28" alt="" /> Relance
        </p>
        <h1 className={css.title}>{title}</h1>
        {children}
      </main>
    </div>
  )
}

/** Why somebody did not get in, and what to do. */
export function EntryRefusal({ error }: { error: EntryError | null }) {
  if (!error || error.field) return null
  return (
    <p className={css.refusal} role="alert">
      <CircleAlert size={16} aria-hidden />
      <span>
        <Why error={error} />
      </span>
    </p>
  )
}

export function Why({ error }: { error: EntryError }) {
  const format = useFormat()
  switch (error.code) {
    case 'WRONG_CREDENTIALS':
      return <Trans>E-mail address or password is wrong. An owner can make a link to choose a new password.</Trans>
    case 'WRONG_CODE':
      return <Trans>This code is wrong or has expired. Enter the one that your app shows now.</Trans>
    case 'TOO_MANY_ATTEMPTS':
      return error.retryAfter ? (
        <Trans>Too many attempts. Try again in {format.duration(error.retryAfter)}.</Trans>
      ) : (
        <Trans>Too many attempts. Try again in a few minutes.</Trans>
      )
    case 'UNREACHABLE':
      return <Trans>Relance does not answer. Check the connection and try again.</Trans>
    default:
      return error.cause || error.message ? <Said sentence={error.cause} text={error.message} /> : <Trans>The server gave no reason.</Trans>
  }
}

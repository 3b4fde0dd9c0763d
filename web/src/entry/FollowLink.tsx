import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type EntryError, entry, type LinkState } from '../api/entry'
import { Skeleton } from '../ui/states'
import { EntryPage, EntryRefusal, enrolAt, Why } from './EntryPage'
import css from './EntryPage.module.css'

/** The token of the link. Out of the address at once, so that it is in no history. */
function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? new URLSearchParams(location.search).get('token') ?? ''
  if (token) window.history.replaceState(null, '', location.pathname)
  return token
}

/** Where invitations and password resets lead: one choice of a password, and one is in. */
export default function FollowLink({ enter }: { enter: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [token] = useState(takeToken)
  const [link, setLink] = useState<LinkState | null>(null)
  const [dead, setDead] = useState(false)
  const [error, setError] = useState<EntryError | null>(null)
  const [busy, setBusy] = useState(false)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')

  useEffect(() => {
    let gone = false
    entry.link(token).then((answer) => {
      if (gone) return
      if (answer.ok) setLink(answer.value)
      else if (answer.status === 404 || answer.status === 410 || answer.status === 422) setDead(true)
      else setError(answer.error)
    })
    return () => {
      gone = true
    }
  }, [token])

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setError(null)
    const answer = await entry.followLink({ token, password, ...(link?.kind === 'INVITE' && { name: name.trim() }) })
    setBusy(false)
    if (answer.ok) {
      enter()
      navigate(!answer.value.signedIn ? '/sign-in' : answer.value.enrolTwoFactor ? enrolAt('/') : '/', { replace: true })
    } else if (answer.status === 410 || answer.status === 404) setDead(true)
    else setError(answer.error)
  }

  if (dead) {
    return (
      <EntryPage title={t`This link no longer works`}>
        <p className={css.intro}>
          <Trans>It was used already, or it has expired. Ask an owner for a new one.</Trans>
        </p>
        <Button component={Link} href="/sign-in" variant="default">
          <Trans>Sign in</Trans>
        </Button>
      </EntryPage>
    )
  }
  if (!link) return <EntryPage title={t`One moment`}>{error ? <EntryRefusal error={error} /> : <Skeleton rows={3} />}</EntryPage>
  const invited = link.kind === 'INVITE'
  return (
    <EntryPage title={invited ? t`You are invited` : t`Choose a new password`}>
      <p className={css.intro}>
        {invited ? <Trans>You will sign in as {link.email}.</Trans> : <Trans>For {link.email}. All other sessions end.</Trans>}
      </p>
      <form className={css.form} onSubmit={submit}>
        <input type="hidden" name="username" autoComplete="username" value={link.email} />
        {invited && (
          <TextInput
            autoFocus
            required
            label={t`Your name`}
            autoComplete="name"
            maxLength={100}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            error={error?.field === 'name' ? <Why error={error} /> : undefined}
          />
        )}
        <PasswordInput
          autoFocus={!invited}
          required
          minLength={10}
          label={t`Password`}
          description={t`At least 10 characters. A sentence is easy to remember.`}
          autoComplete="new-password"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          error={error?.field === 'password' ? <Why error={error} /> : undefined}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
        />
        <EntryRefusal error={error} />
        <Button type="submit" size="sm" loading={busy}>
          <Trans>Sign in</Trans>
        </Button>
      </form>
    </EntryPage>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { type EntryError, entry } from '../api/entry'
import { useAddress } from '../lib/address'
import { safePlace } from '../lib/link'
import { EntryPage, EntryRefusal, enrolAt } from './EntryPage'
import css from './EntryPage.module.css'

/** E-mail and password, a code where two-factor is on, and back to where one was. */
export default function SignIn({ enter }: { enter: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [address] = useAddress()
  const [error, setError] = useState<EntryError | null>(null)
  const [needsCode, setNeedsCode] = useState(false)
  const [busy, setBusy] = useState(false)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const place = safePlace(address.get('to'))

  // Whoever signed in in another tab is in here too; where nobody exists yet, the first one is asked for.
  useEffect(() => {
    let gone = false
    const look = async () => {
      if (document.visibilityState !== 'visible') return
      const state = await entry.state()
      if (gone || !state.ok) return
      if (state.value.setup) navigate('/setup', { replace: true })
      else if (state.value.enrolTwoFactor) navigate(enrolAt(place), { replace: true })
      else if (state.value.signedIn) {
        enter()
        navigate(place, { replace: true })
      }
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      gone = true
      document.removeEventListener('visibilitychange', look)
    }
  }, [navigate, enter, place])

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setError(null)
    const answer = await entry.signIn({ email: email.trim(), password, ...(needsCode && { code: code.trim() }) })
    setBusy(false)
    if (answer.ok) {
      enter()
      navigate(answer.value.enrolTwoFactor ? enrolAt(place) : place, { replace: true })
    } else if (answer.error.code === 'CODE_REQUIRED') setNeedsCode(true)
    else setError(answer.error)
  }

  return (
    <EntryPage title={t`Sign in`}>
      <form className={css.form} onSubmit={submit}>
        {needsCode ? (
          <TextInput
            key="code"
            autoFocus
            required
            label={t`Code`}
            description={t`Six digits from your authenticator app, or a recovery code.`}
            autoComplete="one-time-code"
            maxLength={32}
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
        ) : (
          <>
            <TextInput
              key="email"
              autoFocus
              required
              type="email"
              label={t`E-mail`}
              autoComplete="username"
              value={email}
              onChange={(e) => setEmail(e.currentTarget.value)}
            />
            <PasswordInput
              key="password"
              required
              label={t`Password`}
              autoComplete="current-password"
              value={password}
              onChange={(e) => setPassword(e.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
            />
          </>
        )}
        <EntryRefusal error={error} />
        <Button type="submit" size="sm" loading={busy}>
          <Trans>Sign in</Trans>
        </Button>
        {needsCode && (
          <Button
            variant="subtle"
            onClick={() => {
              setNeedsCode(false)
              setCode('')
              setError(null)
            }}
          >
            <Trans>Back</Trans>
          </Button>
        )}
      </form>
    </EntryPage>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { type EntryError, entry } from '../api/entry'
import { EntryPage, EntryRefusal, enrolAt, Why } from './EntryPage'
import css from './EntryPage.module.css'

const fields = ['merchant', 'name', 'email', 'password', 'token']

/** The first run: makes the merchant's first owner. */
export default function Setup({ enter }: { enter: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [error, setError] = useState<EntryError | null>(null)
  const [busy, setBusy] = useState(false)
  const [values, setValues] = useState({ merchant: '', name: '', email: '', password: '', token: '' })
  const [needsToken, setNeedsToken] = useState(false)

  useEffect(() => {
    entry.state().then((state) => {
      if (!state.ok) return
      if (!state.value.setup) navigate('/', { replace: true })
      setNeedsToken(state.value.setupNeedsToken)
    })
  }, [navigate])

  const field = (name: keyof typeof values) => ({
    required: true,
    value: values[name],
    onChange: (e: { currentTarget: { value: string } }) => setValues({ ...values, [name]: e.currentTarget.value }),
    error: error?.field === name ? <Why error={error} /> : undefined,
  })

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setError(null)
    const answer = await entry.setup(values)
    setBusy(false)
    if (answer.ok) {
      enter()
      navigate(answer.value.enrolTwoFactor ? enrolAt('/') : '/', { replace: true })
    } else setError(answer.error)
  }

  return (
    <EntryPage title={t`Welcome to Relance`}>
      <p className={css.intro}>
        <Trans>Nobody has an account here yet. Make the first one: it is the owner’s and may do everything.</Trans>
      </p>
      <form className={css.form} onSubmit={submit}>
        {needsToken && (
          <PasswordInput
            autoFocus
            label={t`Token`}
            description={t`The server printed it when it started: only who may see its log may be the first.`}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t`Show the token` }}
            {...field('token')}
          />
        )}
        <TextInput autoFocus label={t`Business`} autoComplete="organization" maxLength={100} {...field('merchant')} />
        <TextInput label={t`Your name`} autoComplete="name" maxLength={100} {...field('name')} />
        <TextInput type="email" label={t`E-mail`} autoComplete="username" {...field('email')} />
        <PasswordInput
          label={t`Password`}
          description={t`At least 10 characters. A sentence is easy to remember.`}
          autoComplete="new-password"
          minLength={10}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
          {...field('password')}
        />
        <EntryRefusal error={error && fields.includes(error.field ?? '') ? null : error && { ...error, field: undefined }} />
        <Button type="submit" size="sm" loading={busy}>
          <Trans>Create the account</Trans>
        </Button>
      </form>
    </EntryPage>
  )
}

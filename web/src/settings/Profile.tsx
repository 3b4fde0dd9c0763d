import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { entry } from '../api/entry'
import { chooseLanguage, type Language, languageNames, languages } from '../app/language'
import { type Session, useSession } from '../app/session'
import { tell } from '../app/toasts'
import { SessionEndDocument, SessionsDocument, ViewerUpdateDocument } from '../gql/graphql'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './Settings.module.css'
import { entryRefusal, TwoFactor } from './TwoFactor'

/** Oneself: name, language, password, second factor, sessions. */
export default function Profile() {
  const { user } = useSession()
  if (!user) {
    return (
      <Panel title={<Trans>Profile</Trans>}>
        <p className="quiet">
          <Trans>A token is used here, not a user: there is no profile.</Trans>
        </p>
      </Panel>
    )
  }
  return (
    <>
      <Person key={user.id} user={user} />
      <Password />
      <TwoFactor on={user.twoFactor} />
      <Sessions />
    </>
  )
}

function Person({ user }: { user: NonNullable<Session['user']> }) {
  const { t, i18n } = useLingui()
  const { reload, can } = useSession()
  const [name, setName] = useState(user.name)
  const [language, setLanguage] = useState(user.language || i18n.locale)
  const [monthlyReport, setMonthlyReport] = useState(user.monthlyReport)
  const [, update] = useMutation(ViewerUpdateDocument)
  return (
    <Panel title={<Trans>Profile</Trans>}>
      <Form
        fields={['name', 'language', 'monthlyReport']}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await update({ name: name.trim(), language, monthlyReport: can('MARKETER') ? monthlyReport : null })
          const refusal = refusalOf(data?.viewerUpdate, error)
          if (!refusal) {
            await chooseLanguage(language as Language)
            reload()
            tell(<Trans>Saved.</Trans>)
          }
          return refusal
        }}
      >
        {(errorOf) => (
          <>
            <TextInput label={t`Name`} required maxLength={100} autoComplete="name" value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
            <TextInput label={t`E-mail`} value={user.email} readOnly description={t`An owner can change it by inviting the new address.`} />
            <NativeSelect
              label={t`Language`}
              value={language}
              data={languages.map((l) => ({ value: l, label: languageNames[l] }))}
              onChange={(e) => setLanguage(e.currentTarget.value)}
            />
            {can('MARKETER') && (
              <Checkbox
                label={t`Mail me the monthly report`}
                description={t`On the first of each month at eight in the morning: what all campaigns did in the month before, with the table as a file.`}
                checked={monthlyReport}
                error={errorOf('monthlyReport')}
                onChange={(e) => setMonthlyReport(e.currentTarget.checked)}
              />
            )}
          </>
        )}
      </Form>
    </Panel>
  )
}

function Password() {
  const { t } = useLingui()
  const [old, setOld] = useState('')
  const [chosen, setChosen] = useState('')
  const toggle = { 'aria-label': t`Show the password` }
  return (
    <Panel title={<Trans>Password</Trans>}>
      <Form
        fields={['password', 'old']}
        save={<Trans>Change the password</Trans>}
        submit={async () => {
          const answer = await entry.changePassword({ oldPassword: old, password: chosen })
          if (answer.ok) {
            setOld('')
            setChosen('')
            tell(<Trans>The password is changed. All other sessions have ended.</Trans>)
          }
          const refusal = entryRefusal(answer)
          return refusal?.code === 'WRONG_CREDENTIALS' ? { ...refusal, field: 'old' } : refusal
        }}
      >
        {(errorOf) => (
          <>
            <PasswordInput
              label={t`Present password`}
              required
              autoComplete="current-password"
              value={old}
              error={errorOf('old')}
              onChange={(e) => setOld(e.currentTarget.value)}
              visibilityToggleButtonProps={toggle}
            />
            <PasswordInput
              label={t`New password`}
              description={t`At least 10 characters. A sentence is easy to remember.`}
              required
              minLength={10}
              autoComplete="new-password"
              value={chosen}
              error={errorOf('password')}
              onChange={(e) => setChosen(e.currentTarget.value)}
              visibilityToggleButtonProps={toggle}
            />
          </>
        )}
      </Form>
    </Panel>
  )
}

function Sessions() {
  const [{ data, error, fetching }, ask] = useQuery({ query: SessionsDocument, requestPolicy: 'cache-and-network' })
  const [, end] = useMutation(SessionEndDocument)
  const reload = () => ask({ requestPolicy: 'network-only' })
  return (
    <Panel title={<Trans>Sessions</Trans>} flush>
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={2} />)}
      <ul className={css.rows}>
        {data?.sessions.map((s) => (
          <li key={s.id}>
            <span className={css.main}>
              <span className={css.name}>{browserName(s.agent)}</span>
              <br />
              <span className={css.minor}>
                <Trans>
                  signed in <When at={s.createdAt} relative />, last used <When at={s.seenAt} relative />
                </Trans>
              </span>
            </span>
            {s.current ? (
              <Badge tone="green">
                <Trans>this one</Trans>
              </Badge>
            ) : (
              <Button
                variant="default"
                onClick={async () => {
                  const answer = await end({ id: s.id })
                  if (toldRefusal(answer.data?.sessionEnd, answer.error)) return
                  tell(<Trans>The session has ended.</Trans>)
                  reload()
                }}
              >
                <Trans>End</Trans>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** The browser and the system in what a browser says of itself. */
function browserName(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/(\d+)/.exec(agent)
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' }
  const parts = [browser && `${names[browser[1] ?? ''] ?? browser[1]} ${browser[2]}`, system && (names[system[1] ?? ''] ?? system[1])]
  return parts.filter(Boolean).join(', ') || agent.slice(0, 80) || '–'
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { encode } from 'uqr'
import { type Answer, entry } from '../api/entry'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { Form, type Refusal, RefusalText } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy } from '../ui/parts'
import css from './Settings.module.css'

type Offer = { secret: string; uri: string }

/** A refusal of the plain HTTP calls, as forms show it. */
export function entryRefusal(answer: Answer<unknown>): Refusal | null {
  if (answer.ok) return null
  const { code, field, message, cause } = answer.error
  return { code, field: field ?? null, message: message ?? '', cause }
}

/** The second factor: a code of an authenticator app beside the password. */
export function TwoFactor({ on }: { on: boolean }) {
  const { reload } = useSession()
  const [doing, setDoing] = useState<'on' | 'off' | null>(null)
  return (
    <Panel
      title={<Trans>Two-factor sign-in</Trans>}
      action={
        on && (
          <Badge tone="green">
            <Trans>on</Trans>
          </Badge>
        )
      }
    >
      {doing === 'on' ? (
        <EnrolTwoFactor
          done={() => {
            setDoing(null)
            reload()
          }}
        />
      ) : doing === 'off' ? (
        <Stop
          stopped={() => {
            setDoing(null)
            reload()
          }}
          cancel={() => setDoing(null)}
        />
      ) : on ? (
        <>
          <p className={css.intro}>
            <Trans>A code of your authenticator app is asked for beside your password.</Trans>
          </p>
          <Button variant="default" onClick={() => setDoing('off')}>
            <Trans>Switch off</Trans>
          </Button>
        </>
      ) : (
        <>
          <p className={css.intro}>
            <Trans>Asks for a code of an authenticator app beside the password, so that a stolen password opens nothing.</Trans>
          </p>
          <Button onClick={() => setDoing('on')}>
            <Trans>Set up</Trans>
          </Button>
        </>
      )}
    </Panel>
  )
}

/** Sets up a second factor: a secret for the app, a first code, recovery codes. */
export function EnrolTwoFactor({ done }: { done: () => void }) {
  const [offer, setOffer] = useState<Offer | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  useEffect(() => {
    let gone = false
    entry.startTwoFactor().then((answer) => {
      if (gone) return
      if (answer.ok) setOffer(answer.value)
      else setRefusal(entryRefusal(answer))
    })
    return () => {
      gone = true
    }
  }, [])
  if (refusal) return <RefusalText refusal={refusal} />
  if (codes) return <Codes codes={codes} done={done} />
  return offer ? <Confirm offer={offer} confirmed={setCodes} /> : null
}

function Confirm({ offer, confirmed }: { offer: Offer; confirmed: (codes: string[]) => void }) {
  const { t } = useLingui()
  const [code, setCode] = useState('')
  return (
    <div className={css.factor}>
      <QrCode text={offer.uri} label={t`QR code for your authenticator app`} />
      <Form
        fields={['code']}
        save={<Trans>Switch on</Trans>}
        submit={async () => {
          const answer = await entry.confirmTwoFactor(code.trim())
          if (answer.ok) confirmed(answer.value.recoveryCodes)
          return entryRefusal(answer)
        }}
      >
        {(errorOf) => (
          <>
            <p>
              <Trans>Scan the code with an authenticator app, or type this key into it:</Trans>
            </p>
            <Copy value={offer.secret}>
              <code>{offer.secret}</code>
            </Copy>
            <TextInput
              label={t`Code that the app shows`}
              required
              autoFocus
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={10}
              value={code}
              error={errorOf('code')}
              onChange={(e) => setCode(e.currentTarget.value)}
            />
          </>
        )}
      </Form>
    </div>
  )
}

/** A QR code as one path, made here: its secret goes to nobody. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg className={css.qr} width="180" height="180" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} fill="currentColor" />
    </svg>
  )
}

function Codes({ codes, done }: { codes: string[]; done: () => void }) {
  return (
    <>
      <p>
        <Trans>Two-factor sign-in is on. Keep these recovery codes: each works once when the app is not at hand. They are not shown again.</Trans>
      </p>
      <ul className={css.codes}>
        {codes.map((c) => (
          <li key={c}>{c}</li>
        ))}
      </ul>
      <Copy value={codes.join('\n')}>
        <Trans>Copy all</Trans>
      </Copy>
      <p>
        <Button onClick={done}>
          <Trans>I have kept them</Trans>
        </Button>
      </p>
    </>
  )
}

function Stop({ stopped, cancel }: { stopped: () => void; cancel: () => void }) {
  const { t } = useLingui()
  const [password, setPassword] = useState('')
  return (
    <Form
      fields={['password']}
      cancel={cancel}
      save={<Trans>Switch off</Trans>}
      submit={async () => {
        const answer = await entry.stopTwoFactor(password)
        if (answer.ok) {
          tell(<Trans>Two-factor sign-in is off.</Trans>)
          stopped()
        }
        return entryRefusal(answer)
      }}
    >
      {(errorOf) => (
        <PasswordInput
          label={t`Password`}
          required
          autoFocus
          autoComplete="current-password"
          value={password}
          error={errorOf('password')}
          onChange={(e) => setPassword(e.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
        />
      )}
    </Form>
  )
}

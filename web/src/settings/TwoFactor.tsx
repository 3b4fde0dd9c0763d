import { Trans, useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useMutation } from 'urql'
import { encode } from 'uqr'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { TwoFactorConfirmDocument, TwoFactorDisableDocument, TwoFactorStartDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy } from '../ui/parts'
import css from './Settings.module.css'

type Offer = { secret: string; uri: string }

/** The second factor: a code of an authenticator app beside the password. */
export function TwoFactor({ on }: { on: boolean }) {
  const { reload } = useSession()
  const [address, change] = useAddress()
  const [offer, setOffer] = useState<Offer | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const [stopping, setStopping] = useState(false)
  const [, start] = useMutation(TwoFactorStartDocument)
  const enrol = address.get('enrol') !== null

  async function begin() {
    const { data, error } = await start({})
    if (toldRefusal(data?.twoFactorStart, error)) return
    const { secret, uri } = data?.twoFactorStart ?? {}
    if (secret && uri) setOffer({ secret, uri })
  }
  // Whoever must have a second factor is brought here by signing in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (enrol && !on) begin()
  }, [])

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
      {enrol && !on && (
        <p className={css.intro}>
          <Trans>Owners must sign in with a second factor. Set it up now.</Trans>
        </p>
      )}
      {codes ? (
        <Codes
          codes={codes}
          done={() => {
            setCodes(null)
            setOffer(null)
            change({ enrol: null })
            reload()
          }}
        />
      ) : offer ? (
        <Confirm offer={offer} confirmed={setCodes} />
      ) : on ? (
        stopping ? (
          <Stop
            stopped={() => {
              setStopping(false)
              reload()
            }}
            cancel={() => setStopping(false)}
          />
        ) : (
          <>
            <p className={css.intro}>
              <Trans>A code of your authenticator app is asked for beside your password.</Trans>
            </p>
            <Button variant="default" onClick={() => setStopping(true)}>
              <Trans>Switch off</Trans>
            </Button>
          </>
        )
      ) : (
        <>
          <p className={css.intro}>
            <Trans>Asks for a code of an authenticator app beside the password, so that a stolen password opens nothing.</Trans>
          </p>
          <Button onClick={begin}>
            <Trans>Set up</Trans>
          </Button>
        </>
      )}
    </Panel>
  )
}

function Confirm({ offer, confirmed }: { offer: Offer; confirmed: (codes: string[]) => void }) {
  const { t } = useLingui()
  const [code, setCode] = useState('')
  const [, confirm] = useMutation(TwoFactorConfirmDocument)
  return (
    <div className={css.factor}>
      <QrCode text={offer.uri} label={t`QR code for your authenticator app`} />
      <Form
        fields={['code']}
        save={<Trans>Switch on</Trans>}
        submit={async () => {
          const { data, error } = await confirm({ code: code.trim() })
          const refusal = refusalOf(data?.twoFactorConfirm, error)
          if (!refusal) confirmed(data?.twoFactorConfirm.recoveryCodes ?? [])
          return refusal
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
  const [, disable] = useMutation(TwoFactorDisableDocument)
  return (
    <Form
      fields={['password']}
      cancel={cancel}
      save={<Trans>Switch off</Trans>}
      submit={async () => {
        const { data, error } = await disable({ password })
        const refusal = refusalOf(data?.twoFactorDisable, error)
        if (!refusal) {
          tell(<Trans>Two-factor sign-in is off.</Trans>)
          stopped()
        }
        return refusal
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

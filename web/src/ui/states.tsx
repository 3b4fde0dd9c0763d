import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { CircleAlert, CloudOff, Lock } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import type { CombinedError } from 'urql'
import type { SentencePartsFragment } from '../gql/graphql'
import { Said } from './said'
import css from './states.module.css'

/** Nothing but the ground, for the moment before it is known who looks. */
export function Splash() {
  const { t } = useLingui()
  return <div className={css.splash} role="status" aria-label={t`Loading`} aria-busy />
}

/** Says what will be here, and offers the one next step. */
export function Empty({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={css.empty}>
      <p className={css.title}>{title}</p>
      {children && <p className={css.text}>{children}</p>}
      {action}
    </div>
  )
}

/** What stands in the way, and what can be done. Where the server is out of reach it is asked again by itself. */
export function Failure({ error, retry, page }: { error: CombinedError; retry: () => void; page?: boolean }) {
  const unreachable = isUnreachable(error)
  const again = useRef(retry)
  useEffect(() => {
    again.current = retry
  })
  useEffect(() => {
    if (!unreachable) return
    const timer = window.setInterval(() => again.current(), 5_000)
    return () => window.clearInterval(timer)
  }, [unreachable])
  const code = errorCode(error)
  const Icon = unreachable ? CloudOff : code === 'FORBIDDEN' ? Lock : CircleAlert
  return (
    <div className={css.empty} role="alert" data-page={page || undefined}>
      <Icon size={20} aria-hidden className={css.icon} />
      <FailureText error={error} />
      <Button variant="default" onClick={retry}>
        <Trans>Try again</Trans>
      </Button>
    </div>
  )
}

function FailureText({ error }: { error: CombinedError }) {
  if (isUnreachable(error)) {
    return (
      <>
        <p className={css.title}>
          <Trans>Relance does not answer</Trans>
        </p>
        <p className={css.text}>
          <Trans>The server or the connection to it is interrupted. This page tries again every few seconds.</Trans>
        </p>
      </>
    )
  }
  return (
    <>
      <p className={css.title}>
        <Trans>This could not be loaded</Trans>
      </p>
      <p className={css.text}>
        <Reason code={errorCode(error)} message={error.graphQLErrors[0]?.message} cause={errorCause(error)} />
      </p>
    </>
  )
}

export function errorCode(error: CombinedError): string {
  return String(error.graphQLErrors[0]?.extensions?.code ?? '')
}

/** What the server says of an error, for programs. */
export function errorCause(error: CombinedError): SentencePartsFragment | null {
  return (error.graphQLErrors[0]?.extensions?.cause as SentencePartsFragment | undefined) ?? null
}

export function isUnreachable(error: CombinedError): boolean {
  return error.graphQLErrors.length === 0
}

/** A refusal in the person's language; the server's own words where the code does not say enough. */
export function Reason({ code, message, cause }: { code: string; message?: string; cause?: SentencePartsFragment | null }) {
  if (cause) return <Said sentence={cause} text={message} />
  switch (code) {
    case 'FORBIDDEN':
      return <Trans>Your role does not allow this. Ask an owner of this merchant.</Trans>
    case 'NOT_FOUND':
      return <Trans>There is no such thing, or it is not yours to see.</Trans>
    case 'INTERNAL':
      return <Trans>Something failed on the server. Its log has the details.</Trans>
    case 'TOO_COMPLEX':
      return <Trans>That asks for too much at once. Narrow it down.</Trans>
    case 'SHOP_ADDRESS':
      return <Trans>No shop of this platform answers at this address. Check it: it must be the shop’s public address.</Trans>
    case 'SHOP_AUTH':
      return <Trans>The shop refuses these credentials. Copy them again from its back office.</Trans>
    case 'SHOP_RIGHTS':
      return <Trans>The key or token lacks a right that nothing works without.</Trans>
    case 'SHOP_BUSY':
      return <Trans>The shop asks to come back later. Try again in a few minutes.</Trans>
    case 'SHOP_DOWN':
      return <Trans>The shop does not answer. Check that it is online, then try again.</Trans>
    case 'SHOP_GARBAGE':
      return <Trans>Something answers at this address, but not as this platform does. Check the address.</Trans>
    default:
      return message ? message : <Trans>The server gave no reason.</Trans>
  }
}

/** Grey bars where text will be. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useLingui()
  return (
    <div className={css.skeleton} role="status" aria-busy aria-label={t`Loading`}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are alike
        <div key={i} className={css.bar} />
      ))}
    </div>
  )
}

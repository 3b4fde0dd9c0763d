import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { CombinedError } from 'urql'
import { tellFailed } from '../app/toasts'
import type { RefusalFragment } from '../gql/graphql'
import css from './Form.module.css'
import { errorCause, errorCode, isUnreachable, Reason } from './states'

/** Why something was not done: as the server says it, or in words of the form's own. */
export type Refusal = Pick<RefusalFragment, 'code' | 'field' | 'message'> & Partial<RefusalFragment> & { says?: ReactNode }
type Payload = { errors: Refusal[] }

/** What a mutation was refused for, or nothing. */
export function refusalOf(payload: Payload | undefined | null, error: CombinedError | undefined): Refusal | null {
  const first = payload?.errors[0]
  if (first) return first
  if (!error) return null
  return { code: isUnreachable(error) ? 'UNREACHABLE' : errorCode(error), field: null, message: error.graphQLErrors[0]?.message ?? '', cause: errorCause(error) }
}

export function RefusalText({ refusal }: { refusal: Refusal }) {
  if (refusal.says) return <>{refusal.says}</>
  if (refusal.code === 'UNREACHABLE') return <Trans>Relance does not answer. Nothing was changed.</Trans>
  return <Reason code={refusal.code} message={refusal.message} cause={refusal.cause} />
}

/** Tells a refusal where no form is open; whether there was one. */
export function toldRefusal(payload: Payload | undefined | null, error: CombinedError | undefined): boolean {
  const refusal = refusalOf(payload, error)
  if (refusal) tellFailed(<RefusalText refusal={refusal} />)
  return refusal !== null
}

/** A form that says what is wrong where it is wrong, and keeps what was typed. */
export function Form({
  children,
  submit,
  save,
  cancel,
  fields = [],
  disabled,
  wide,
}: {
  children: (errorOf: (field: string) => ReactNode) => ReactNode
  submit: () => Promise<Refusal | null>
  save: ReactNode
  cancel?: () => void
  /** Fields that show their own refusals. */
  fields?: string[]
  disabled?: boolean
  /** As wide as its dialog. */
  wide?: boolean
}) {
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [busy, setBusy] = useState(false)
  async function send(event: FormEvent) {
    event.preventDefault()
    event.stopPropagation() // a dialog that was opened from a form does not save that one
    setBusy(true)
    setRefusal(null)
    const refused = await submit()
    setBusy(false)
    setRefusal(refused)
  }
  return (
    <form className={css.form} data-wide={wide} onSubmit={send}>
      {children((field) => (refusal?.field === field ? <RefusalText refusal={refusal} /> : undefined))}
      {refusal && !fields.includes(refusal.field ?? '') && (
        <p className={css.refusal} role="alert">
          <RefusalText refusal={refusal} />
        </p>
      )}
      <div className={css.buttons}>
        {cancel && (
          <Button variant="default" onClick={cancel}>
            <Trans>Cancel</Trans>
          </Button>
        )}
        <Button type="submit" loading={busy} disabled={disabled}>
          {save}
        </Button>
      </div>
    </form>
  )
}

/** Asks once more before something that cannot be taken back. */
export function Confirm({ title, children, act, close, verb }: { title: string; children: ReactNode; act: () => Promise<unknown>; close: () => void; verb: ReactNode }) {
  const { t } = useLingui()
  const [busy, setBusy] = useState(false)
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t`Close` }}>
      {children}
      <div className={`${css.buttons} ${css.end}`}>
        <Button variant="default" onClick={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button
          data-autofocus
          loading={busy}
          onClick={async () => {
            setBusy(true)
            await act()
            setBusy(false)
            close()
          }}
        >
          {verb}
        </Button>
      </div>
    </Modal>
  )
}

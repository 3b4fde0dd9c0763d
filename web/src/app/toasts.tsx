import { Trans, useLingui } from '@lingui/react/macro'
import { CheckCircle2, TriangleAlert, X } from 'lucide-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import css from './toasts.module.css'

type Toast = { id: number; text: ReactNode; failed: boolean; undo?: () => void }

// A message outlives the component that gave it: after an act the page often changes.
let toasts: Toast[] = []
let last = 0
const listeners = new Set<() => void>()

function set(next: Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

function dismiss(id: number) {
  set(toasts.filter((t) => t.id !== id))
}

function show(toast: Omit<Toast, 'id'>) {
  const id = ++last
  set([...toasts.slice(-2), { ...toast, id }])
  window.setTimeout(() => dismiss(id), toast.undo || toast.failed ? 12_000 : 5_000)
}

/** Says what was done, and offers to undo it where that is possible. */
export function tell(text: ReactNode, undo?: () => void) {
  show({ text, undo, failed: false })
}

/** Says what was not done, and why. */
export function tellFailed(text: ReactNode) {
  show({ text, failed: true })
}

export function Toasts() {
  const { t } = useLingui()
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div className={css.region} role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={css.toast} data-failed={toast.failed || undefined}>
          {toast.failed ? <TriangleAlert size={16} aria-hidden /> : <CheckCircle2 size={16} aria-hidden />}
          <div className={css.text}>{toast.text}</div>
          {toast.undo && (
            <button
              type="button"
              className={css.undo}
              onClick={() => {
                dismiss(toast.id)
                toast.undo?.()
              }}
            >
              <Trans>Undo</Trans>
            </button>
          )}
          <button type="button" className={css.close} aria-label={t`Dismiss`} onClick={() => dismiss(toast.id)}>
            <X size={14} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  )
}

import { useLingui } from '@lingui/react/macro'
import { Ban, Check, CheckCheck, CircleDashed, CircleDot, CircleHelp, Clock, MailX, Printer, Send, TriangleAlert, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { SendBadge } from '../campaigns/words'
import type { PrinterKind, PrintState, SendState } from '../gql/graphql'
import { Badge, type Tone } from '../ui/parts'

const looks: Record<PrintState, { tone: Tone; icon: ReactNode }> = {
  DRAFT: { tone: 'grey', icon: <CircleDashed size={12} aria-hidden /> },
  VALIDATED: { tone: 'grey', icon: <Check size={12} aria-hidden /> },
  SUBMITTED: { tone: 'teal', icon: <CircleDot size={12} aria-hidden /> },
  ACCEPTED: { tone: 'teal', icon: <Clock size={12} aria-hidden /> },
  PRINTING: { tone: 'teal', icon: <Printer size={12} aria-hidden /> },
  POSTED: { tone: 'green', icon: <Send size={12} aria-hidden /> },
  DELIVERED: { tone: 'green', icon: <CheckCheck size={12} aria-hidden /> },
  UNDELIVERABLE: { tone: 'red', icon: <MailX size={12} aria-hidden /> },
  RETURNED: { tone: 'red', icon: <Undo2 size={12} aria-hidden /> },
  REJECTED: { tone: 'red', icon: <TriangleAlert size={12} aria-hidden /> },
  CANCELLED: { tone: 'grey', icon: <Ban size={12} aria-hidden /> },
  EXPIRED: { tone: 'amber', icon: <Clock size={12} aria-hidden /> },
  UNKNOWN: { tone: 'amber', icon: <CircleHelp size={12} aria-hidden /> },
}

export const printStates = Object.keys(looks) as PrintState[]

export function usePrintStateName(): Record<PrintState, string> {
  const { t } = useLingui()
  return {
    DRAFT: t`handed over`,
    VALIDATED: t`checked`,
    SUBMITTED: t`ordered`,
    ACCEPTED: t`will be printed`,
    PRINTING: t`being printed`,
    POSTED: t`posted`,
    DELIVERED: t`arrived`,
    UNDELIVERABLE: t`undeliverable`,
    RETURNED: t`came back`,
    REJECTED: t`refused by the printer`,
    CANCELLED: t`called back`,
    EXPIRED: t`given up by the printer`,
    UNKNOWN: t`unclear`,
  }
}

/** Where a letter stands, with the printer's own word on hover. */
export function PrintBadge({ state, raw }: { state: PrintState; raw?: string }) {
  const { t } = useLingui()
  const names = usePrintStateName()
  return (
    <Badge {...looks[state]} title={raw && state === 'UNKNOWN' ? t`In the printer’s words: ${raw}` : undefined}>
      {names[state]}
    </Badge>
  )
}

/** Where a message stands; a letter that was ordered, as its printer has it: until then its draft's state says nothing. */
export function MessageBadge({ state, letter }: { state: SendState; letter: { state: PrintState; raw: string; orderedAt: string | null } | null }) {
  return letter?.orderedAt ? <PrintBadge state={letter.state} raw={letter.raw} /> : <SendBadge state={state} />
}

export function usePrinterKindName(): Record<PrinterKind, string> {
  const { t } = useLingui()
  return { HAND: t`You print yourself`, PINGEN: 'Pingen', MAILEVA: 'Maileva' }
}

/** What each layout is for. */
export function useLayoutName(): Record<string, string> {
  const { t } = useLingui()
  return {
    'de-form-b': t`Germany, DIN 5008 form B: DL envelope, window at the left, folded at 105 mm`,
    'de-form-a': t`Germany, DIN 5008 form A: DL envelope, window at the left, folded at 87 mm`,
    'fr-dl': t`France: DL envelope, window at the right, folded in three`,
    'fr-c5': t`France: C5 envelope, window at the right, folded once`,
    'ch-right': t`Switzerland: C5/6 envelope, window at the right`,
    'ch-left': t`Switzerland: C5/6 envelope, window at the left`,
    'pingen-left': t`Pingen: address at the left; Pingen chooses the envelope`,
  }
}

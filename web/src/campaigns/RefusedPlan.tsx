import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { type Refusal, RefusalText } from '../ui/Form'

/** What is wrong with a plan, by the field at fault: the server's own words are English. */
function textOf(field: string): ReactNode {
  switch (field.replace(/^steps\.\d+\.?/, 'step.')) {
    case 'name':
      return <Trans>Give it a name of 1 to 100 characters, without &lt; &gt; {'{'} {'}'} =: customers see it as the voucher’s title.</Trans>
    case 'trigger.minAgeMinutes':
      return <Trans>Wait at least 30 minutes after a cart, and 3 years at most.</Trans>
    case 'trigger.maxAgeMinutes':
      return <Trans>The greatest age must be above the least; for a birthday it is 60 days at most.</Trans>
    case 'trigger.amount':
      return <Trans>Give an amount, with its currency.</Trans>
    case 'trigger.currency':
    case 'step.voucher.currency':
      return <Trans>Choose the currency of the amount.</Trans>
    case 'trigger.days':
      return <Trans>Give 1 to 3,650 days; before a birthday 0 to 60.</Trans>
    case 'trigger.shopIds':
      return <Trans>One of the shops is not there any more.</Trans>
    case 'segmentId':
      return <Trans>Choose a segment.</Trans>
    case 'reentry.days':
      return <Trans>Give 1 to 3,650 days.</Trans>
    case 'reentry.policy':
      return <Trans>This event happens to a person, not to a cart or order: choose “never” or a number of days.</Trans>
    case 'holdoutPercent':
      return <Trans>Hold out 0 to 50 percent.</Trans>
    case 'expiresAfterMinutes':
      return <Trans>A message may be 15 minutes to 7 days late.</Trans>
    case 'budget':
      return <Trans>A budget cannot be below 0.</Trans>
    case 'endsAt':
      return <Trans>This time is in the past.</Trans>
    case 'steps':
    case 'step.':
      return <Trans>A campaign has 1 to 10 steps.</Trans>
    case 'step.afterMinutes':
      return <Trans>A step waits a year at most.</Trans>
    case 'step.email':
      return <Trans>Write the e-mail in at least one language.</Trans>
    case 'step.voucher.value':
      return <Trans>A discount is more than 0, and 100 percent at most.</Trans>
    case 'step.voucher.minimum':
      return <Trans>A minimum cannot be below 0.</Trans>
    case 'step.voucher.validDays':
      return <Trans>A voucher is good for 1 to 365 days.</Trans>
    case 'step.voucher.prefix':
      return <Trans>A code begins with at most 10 capital letters and digits, a letter first.</Trans>
    default:
      return null
  }
}

export function RefusedPlan({ refusal, starting }: { refusal: Refusal; starting?: boolean }) {
  if (starting && refusal.code === 'CONFLICT' && /sender/.test(refusal.message)) {
    return <Trans>No shop of this campaign has a sender address. Enter one under Settings, Shops and senders.</Trans>
  }
  if (refusal.field === 'audience' && refusal.message === '') return <Trans>Add a condition, or choose everybody.</Trans>
  if (/\.subject$/.test(refusal.field ?? '') && /is empty/.test(refusal.message)) return <Trans>The subject is empty.</Trans>
  const text = refusal.code === 'BAD_INPUT' && refusal.field ? textOf(refusal.field) : null
  return text ?? <RefusalText refusal={refusal} />
}

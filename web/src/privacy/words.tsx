import { Trans, useLingui } from '@lingui/react/macro'
import type { PrivacyChannel, PrivacyKind, PrivacyRowFragment, PrivacyState } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Badge } from '../ui/parts'

export function useKindName(): Record<PrivacyKind, string> {
  const { t } = useLingui()
  return { ACCESS: t`A copy of their data`, ERASURE: t`To be erased` }
}

export function useChannelName(): Record<PrivacyChannel, string> {
  const { t } = useLingui()
  return { EMAIL: t`by e-mail`, PHONE: t`by telephone`, LETTER: t`by letter`, IN_PERSON: t`in person`, SHOP: t`through the shop`, OTHER: t`in another way` }
}

export function StateBadge({ state }: { state: PrivacyState }) {
  switch (state) {
    case 'RECEIVED':
      return (
        <Badge tone="amber">
          <Trans>received</Trans>
        </Badge>
      )
    case 'IDENTIFIED':
      return (
        <Badge tone="blue">
          <Trans>identity checked</Trans>
        </Badge>
      )
    case 'ERASING':
      return (
        <Badge tone="blue">
          <Trans>being erased</Trans>
        </Badge>
      )
    case 'DONE':
      return (
        <Badge tone="green">
          <Trans context="a request">done</Trans>
        </Badge>
      )
    default:
      return (
        <Badge tone="grey">
          <Trans context="a request">refused</Trans>
        </Badge>
      )
  }
}

/** The month within which a request is answered. */
export function Clock({ of: r }: { of: PrivacyRowFragment }) {
  const format = useFormat()
  const due = format.day(r.dueOn)
  if (r.closedAt) return <Trans>closed {format.day(r.closedAt)}</Trans>
  if (r.late)
    return (
      <Badge tone="red">
        <Trans>late: was due {due}</Trans>
      </Badge>
    )
  return <Trans>due {due}</Trans>
}

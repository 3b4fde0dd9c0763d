import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import type { ImportRowFragment, ImportState } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Badge } from '../ui/parts'

const states: Record<ImportState, MessageDescriptor> = {
  UPLOADING: msg`being uploaded`,
  UPLOADED: msg`name its columns`,
  CHECKING: msg`being checked`,
  CHECKED: msg`checked`,
  RUNNING: msg`being imported`,
  DONE: msg`imported`,
  FAILED: msg`failed`,
  UNDOING: msg`being undone`,
  UNDONE: msg`undone`,
}

export function StateBadge({ state }: { state: ImportState }) {
  const { t } = useLingui()
  return <Badge tone={state === 'DONE' ? 'green' : state === 'FAILED' ? 'red' : 'amber'}>{t(states[state])}</Badge>
}

export function CountsText({ counts: c }: { counts: ImportRowFragment['counts'] }) {
  const f = useFormat()
  const [added, updated, skipped, invalid] = [f.number(c.added), f.number(c.updated), f.number(c.skipped), f.number(c.invalid)]
  return (
    <span>
      <Trans>
        {added} added, {updated} updated, {skipped} skipped, {invalid} invalid
      </Trans>
    </span>
  )
}

/** What a column may hold, in words. */
export const fields: Record<string, MessageDescriptor> = {
  address: msg`Address in one cell`,
  birthday: msg`Birthday`,
  city: msg`City`,
  company: msg`Company`,
  consent: msg`Consent to e-mail (yes or no)`,
  consentProof: msg`Proof of the consent`,
  consentSince: msg`Date of the consent`,
  countryCode: msg`Country`,
  createdAt: msg`Became a client`,
  currencyCode: msg`Currency`,
  customerExternalId: msg`Customer’s id`,
  customerNumber: msg`Customer number`,
  discount: msg`Discount`,
  email: msg`E-mail address`,
  externalId: msg`Id`,
  firstName: msg`First name`,
  fullName: msg`Full name`,
  language: msg`Language`,
  lastName: msg`Last name`,
  line1: msg`Street and number`,
  line2: msg`Second line of the address`,
  note: msg`Note`,
  payment: msg`Payment`,
  phone: msg`Phone`,
  placedAt: msg`Order date`,
  postalCode: msg`Postal code`,
  quantity: msg`Quantity`,
  region: msg`Region`,
  shipping: msg`Shipping`,
  sku: msg`Article number`,
  state: msg`State`,
  tags: msg`Labels`,
  tax: msg`Tax`,
  title: msg`Title (customers), product (orders)`,
  total: msg`Total`,
}

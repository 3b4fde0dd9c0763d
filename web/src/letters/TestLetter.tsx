import { Trans, useLingui } from '@lingui/react/macro'
import { Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useClient, useMutation } from 'urql'
import { tell } from '../app/toasts'
import { type CampaignLetterTextInput, type CampaignOfferInput, type LetterAddressInput, LetterPreviewDocument, type LetterPreviewQuery, TestLetterOrderDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { newId } from '../lib/newId'
import { Form, type Refusal, refusalOf } from '../ui/Form'
import { Said } from '../ui/said'
import css from './Letters.module.css'

type Shown = NonNullable<LetterPreviewQuery['letterPreview']['preview']>
type Props = { shopId: string; text: CampaignLetterTextInput; voucher: CampaignOfferInput | null; close: () => void }
type Address = Required<{ [K in keyof LetterAddressInput]: string }>

const nowhere: Address = { firstName: '', lastName: '', company: '', line1: '', line2: '', postalCode: '', city: '', countryCode: '' }

/** Has the letter printed and posted once, to an address that is typed. First the price, then the order. */
export function TestLetter({ shopId, text, voucher, close }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const client = useClient()
  // One dialog orders one letter, however often somebody clicks.
  const [key] = useState(newId)
  const [address, setAddress] = useState(nowhere)
  const [shown, show] = useState<Shown | null>(null)
  const [, order] = useMutation(TestLetterOrderDocument)

  async function look(): Promise<Refusal | null> {
    const { data, error } = await client.query(LetterPreviewDocument, { input: { shopId, text, voucher, address } }, { requestPolicy: 'network-only' }).toPromise()
    const refusal = refusalOf(data?.letterPreview, error)
    if (refusal) return refusal
    const found = data?.letterPreview.preview ?? null
    const problem = found?.problems[0]
    if (problem) return { code: 'BAD_INPUT', field: null, message: '', says: <Said sentence={problem} text={problem.code} /> }
    show(found)
    return null
  }
  async function put(): Promise<Refusal | null> {
    const input = { key, shopId, text, voucher, address, agreedPrice: shown?.price?.amount ?? null, agreedCurrency: shown?.price?.currencyCode ?? '' }
    const { data, error } = await order({ input })
    const refusal = refusalOf(data?.testLetterOrder, error)
    if (refusal) {
      show(null)
      return refusal
    }
    tell(<Trans>The test letter is ordered. Where it stands is shown under Letters, Batches.</Trans>)
    close()
    return null
  }

  const price = shown?.price && format.money(shown.price)
  return (
    <Modal opened onClose={close} title={t`Print a test letter`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form cancel={close} save={!shown ? <Trans>Show the price</Trans> : price ? <Trans>Order for {price}</Trans> : <Trans context="verb">Order</Trans>} submit={shown ? put : look}>
        {() => (
          <>
            <p>
              <Trans>One letter is printed and posted as customers get it. Its voucher works nowhere, its codes lead to a test page, and it counts in no figure.</Trans>
            </p>
            <AddressFields
              address={address}
              change={(next) => {
                setAddress(next)
                show(null)
              }}
            />
            {shown && (
              <div role="status">
                <p className={css.lines}>{shown.recipient.join('\n')}</p>
                <p>{price ? <Trans>{price} with postage.</Trans> : <Trans>What it costs is not known.</Trans>}</p>
              </div>
            )}
          </>
        )}
      </Form>
    </Modal>
  )
}

function AddressFields({ address, change }: { address: Address; change: (address: Address) => void }) {
  const { t } = useLingui()
  const field = (name: keyof Address) => ({ value: address[name], maxLength: 200, onChange: (e: { currentTarget: { value: string } }) => change({ ...address, [name]: e.currentTarget.value }) })
  return (
    <>
      <div className={css.pairOfFields}>
        <TextInput data-autofocus label={t`First name`} autoComplete="given-name" {...field('firstName')} />
        <TextInput label={t`Last name`} autoComplete="family-name" {...field('lastName')} />
      </div>
      <TextInput label={t`Company`} autoComplete="organization" {...field('company')} />
      <TextInput required label={t`Street and number`} autoComplete="address-line1" {...field('line1')} />
      <TextInput label={t`Second line`} autoComplete="address-line2" {...field('line2')} />
      <div className={css.pairOfFields}>
        <TextInput label={t`Postal code`} autoComplete="postal-code" {...field('postalCode')} />
        <TextInput required label={t`City`} autoComplete="address-level2" {...field('city')} />
      </div>
      <TextInput
        required
        label={t`Country`}
        description={t`As two letters: FR, DE.`}
        autoComplete="country"
        {...field('countryCode')}
        maxLength={2}
        onChange={(e) => change({ ...address, countryCode: e.currentTarget.value.toUpperCase() })}
      />
    </>
  )
}

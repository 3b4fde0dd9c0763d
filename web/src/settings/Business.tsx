import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { MerchantUpdateDocument, ShopNamesDocument } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Copy } from '../ui/parts'

/** What holds for the whole business. */
export default function Business() {
  const { t } = useLingui()
  const { merchant, reload } = useSession()
  const [name, setName] = useState(merchant.name)
  const [currency, setCurrency] = useState(merchant.mainCurrency)
  const [minutes, setMinutes] = useState(merchant.abandonAfterMinutes)
  const [contract, setContract] = useState(merchant.relayContractOn ?? '')
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const [, save] = useMutation(MerchantUpdateDocument)
  const currencies = [...new Set([merchant.mainCurrency, ...(data?.shops.map((s) => s.currency) ?? [])])]
  return (
    <Panel title={<Trans>Business</Trans>}>
      <Form
        fields={['name', 'mainCurrency', 'abandonAfterMinutes', 'relayContractOn']}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data: saved, error } = await save({ name: name.trim(), mainCurrency: currency, abandonAfterMinutes: minutes, relayContractOn: contract || null })
          const refusal = refusalOf(saved?.merchantUpdate, error)
          if (!refusal) {
            reload()
            tell(<Trans>Saved.</Trans>)
          }
          return refusal
        }}
      >
        {(errorOf) => (
          <>
            <TextInput label={t`Name`} required maxLength={100} value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
            <NativeSelect
              label={t`Main currency`}
              description={t`In which “spent” and the like are given. Nothing is converted.`}
              value={currency}
              data={currencies}
              error={errorOf('mainCurrency')}
              onChange={(e) => setCurrency(e.currentTarget.value)}
            />
            <NumberInput
              label={t`A cart counts as abandoned after`}
              description={t`Minutes without activity and without an order, 10 to 10,080.`}
              required
              min={10}
              max={10_080}
              allowDecimal={false}
              allowNegative={false}
              hideControls
              value={minutes}
              error={errorOf('abandonAfterMinutes')}
              onChange={(v) => setMinutes(Number(v))}
            />
            <TextInput
              type="date"
              label={t`Data processing agreement with the mail relay`}
              description={t`The date of your agreement with the service that carries your e-mail (Article 28 GDPR). No campaign can be started without it.`}
              value={contract}
              required={!!merchant.relayContractOn}
              error={errorOf('relayContractOn')}
              onChange={(e) => setContract(e.currentTarget.value)}
            />
            <p className="quiet">
              <Trans>Id</Trans> <Copy value={merchant.id} />
            </p>
          </>
        )}
      </Form>
    </Panel>
  )
}

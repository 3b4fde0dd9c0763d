import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { SetMainCurrencyDocument, ShopNamesDocument } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Copy } from '../ui/parts'

/** What holds for the whole business. */
export default function Business() {
  const { t } = useLingui()
  const { merchant, reload } = useSession()
  const [currency, setCurrency] = useState(merchant.mainCurrency)
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const [, save] = useMutation(SetMainCurrencyDocument)
  const currencies = [...new Set([merchant.mainCurrency, ...(data?.shops.map((s) => s.currency) ?? [])])]
  return (
    <Panel title={<Trans>Business</Trans>}>
      <Form
        fields={['currency']}
        save={<Trans>Save</Trans>}
        disabled={currency === merchant.mainCurrency}
        submit={async () => {
          const answer = await save({ currency })
          const refusal = refusalOf(null, answer.error)
          if (!refusal) {
            reload()
            tell(<Trans>Saved. Amounts are shown in {currency}.</Trans>)
          }
          return refusal
        }}
      >
        {(errorOf) => (
          <>
            <TextInput label={t`Name`} value={merchant.name} readOnly />
            <NativeSelect
              label={t`Main currency`}
              description={t`In which “spent” and the like are given. Nothing is converted.`}
              value={currency}
              data={currencies}
              error={errorOf('currency')}
              onChange={(e) => setCurrency(e.currentTarget.value)}
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

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, PasswordInput } from '@mantine/core'
import { CircleCheck, KeyRound, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useMutation } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { SaveShopSecretDocument, type ShopQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy } from '../ui/parts'
import css from './Webhooks.module.css'

type OneShop = NonNullable<ShopQuery['shop']>

/** Whether what the platform passes on about its customers can be believed, and what to do. */
export function Webhooks({ shop, reload }: { shop: OneShop; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [opened, open, close] = useOpened('secret')
  if (!shop.webhooks || shop.state === 'DISCONNECTED' || !can('OWNER')) return null
  const { verified, path } = shop.webhooks
  const address = new URL(path, location.origin).href
  return (
    <Panel
      title={<Trans>Webhooks</Trans>}
      action={
        verified ? (
          <Badge tone="green" icon={<CircleCheck size={12} aria-hidden />}>
            <Trans>can be verified</Trans>
          </Badge>
        ) : (
          <Badge tone="amber" icon={<TriangleAlert size={12} aria-hidden />}>
            <Trans>cannot be verified</Trans>
          </Badge>
        )
      }
    >
      <p>
        {verified ? (
          <Trans>Shopify passes on when customers ask for their data or want to be erased. Relance knows the secret that these words are signed with, and enters them on the page Privacy.</Trans>
        ) : (
          <Trans>Shopify passes on when customers ask for their data or want to be erased. Relance does not know the secret that these words are signed with, so it believes none. Enter the app’s API secret key: Shopify shows it beside the access token, under API credentials.</Trans>
        )}
      </p>
      <dl className={css.address}>
        <dt>
          <Trans>Address of all three compliance webhooks, to be entered in the app’s settings</Trans>
        </dt>
        <dd>
          <Copy value={address} label={t`the address for webhooks`}>
            <code>{address}</code>
          </Copy>
        </dd>
      </dl>
      {shop.webhooks.bySecret && (
        <Button variant={verified ? 'default' : 'filled'} size="xs" leftSection={<KeyRound size={14} aria-hidden />} onClick={() => open('new')}>
          {verified ? <Trans>Enter another API secret key</Trans> : <Trans>Enter the API secret key</Trans>}
        </Button>
      )}
      {opened !== null && shop.webhooks.bySecret && <SecretDialog shopId={shop.id} close={close} done={reload} />}
    </Panel>
  )
}

function SecretDialog({ shopId, close, done }: { shopId: string; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [secret, setSecret] = useState('')
  const [, save] = useMutation(SaveShopSecretDocument)
  return (
    <Modal opened onClose={close} title={t`API secret key`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['apiSecretKey']}
        cancel={close}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await save({ shopId, apiSecretKey: secret })
          const refusal = refusalOf(data?.shopSecretSave, error)
          if (refusal) return refusal
          tell(<Trans>The key is stored, encrypted. It is not shown again.</Trans>)
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <PasswordInput
            data-autofocus
            required
            label={t`API secret key`}
            description={t`In the shop: Settings, Apps, Develop apps, your app, API credentials. Where it is wrong, Shopify’s words are refused.`}
            autoComplete="off"
            value={secret}
            error={errorOf('apiSecretKey')}
            onChange={(e) => setSecret(e.currentTarget.value)}
          />
        )}
      </Form>
    </Modal>
  )
}

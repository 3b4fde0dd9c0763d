import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, TextInput } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { useRoleName } from '../app/Frame'
import type { Role } from '../app/session'
import { tell } from '../app/toasts'
import { TokenCreateDocument, TokenRevokeDocument, TokensDocument, type TokensQuery } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { useOpened } from '../lib/address'
import { Confirm, Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy, When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './Settings.module.css'
import { RoleFields } from './Users'

/** What other programs use the API with. */
export default function Tokens() {
  const { t } = useLingui()
  const roles = useRoleName()
  const format = useFormat()
  const [{ data, error, fetching }, ask] = useQuery({ query: TokensDocument, requestPolicy: 'cache-and-network' })
  const [, revoke] = useMutation(TokenRevokeDocument)
  const [creating, create, stopCreating] = useOpened('create')
  const [revoking, setRevoking] = useState<TokensQuery['tokens'][number] | null>(null)
  const reload = () => ask({ requestPolicy: 'network-only' })
  return (
    <Panel
      title={<Trans>Tokens</Trans>}
      flush
      action={
        <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => create('token')}>
          <Trans>Create a token</Trans>
        </Button>
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={3} />)}
      <ul className={css.rows}>
        {data?.tokens.map((token) => (
          <li key={token.id}>
            <span className={css.main}>
              <span className={css.name}>{token.name || t`No name`}</span>
              <br />
              <span className={css.minor}>
                <Trans>
                  created <When at={token.createdAt} />
                </Trans>
                {token.shops && ` · ${format.list(token.shops.map((s) => s.name))}`}
              </span>
            </span>
            <Badge tone="grey">{roles[token.role]}</Badge>
            <Button variant="default" onClick={() => setRevoking(token)}>
              <Trans>Revoke</Trans>
            </Button>
          </li>
        ))}
      </ul>
      {creating !== null && <Create close={stopCreating} created={reload} />}
      {revoking && (
        <Confirm
          title={t`Revoke ${revoking.name || t`this token`}`}
          verb={<Trans>Revoke</Trans>}
          close={() => setRevoking(null)}
          act={async () => {
            const answer = await revoke({ id: revoking.id })
            if (toldRefusal(answer.data?.tokenRevoke, answer.error)) return
            tell(<Trans>The token opens nothing any more.</Trans>)
            reload()
          }}
        >
          <p>
            <Trans>Programs that use it are refused from now on. This cannot be undone.</Trans>
          </p>
        </Confirm>
      )}
    </Panel>
  )
}

function Create({ close, created }: { close: () => void; created: () => void }) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('READER')
  const [shopIds, setShopIds] = useState<string[]>([])
  const [secret, setSecret] = useState<string | null>(null)
  const [, create] = useMutation(TokenCreateDocument)
  return (
    <Modal opened onClose={close} title={t`Create a token`} size={secret ? 'lg' : 'md'} closeOnClickOutside={!secret} closeButtonProps={{ 'aria-label': t`Close` }}>
      {secret ? (
        <>
          <p>
            <Trans>Copy the token now. It cannot be shown again.</Trans>
          </p>
          <div className={css.secret}>
            <Copy value={secret} label={t`the token`} />
          </div>
        </>
      ) : (
        <Form
          fields={['name']}
          cancel={close}
          save={<Trans>Create</Trans>}
          submit={async () => {
            const { data, error } = await create({ name: name.trim(), role, shopIds: role === 'CLERK' && shopIds.length > 0 ? shopIds : null })
            const refusal = refusalOf(data?.tokenCreate, error)
            if (!refusal) {
              setSecret(data?.tokenCreate.secret ?? null)
              created()
            }
            return refusal
          }}
        >
          {(errorOf) => (
            <>
              <TextInput
                data-autofocus
                required
                label={t`What is it for?`}
                maxLength={100}
                autoComplete="off"
                value={name}
                error={errorOf('name')}
                onChange={(e) => setName(e.currentTarget.value)}
              />
              <RoleFields {...{ role, setRole, shopIds, setShopIds }} />
            </>
          )}
        </Form>
      )}
    </Modal>
  )
}

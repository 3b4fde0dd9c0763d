import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Checkbox, Menu, Modal, NativeSelect, TextInput } from '@mantine/core'
import { Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { useRoleName } from '../app/Frame'
import { type Role, useSession } from '../app/session'
import { tell } from '../app/toasts'
import {
  ShopNamesDocument,
  UserInviteDocument,
  UserSetDisabledDocument,
  UserResetPasswordDocument,
  UserResetTwoFactorDocument,
  UserSetRoleDocument,
  UsersDocument,
  type UsersQuery,
} from '../gql/graphql'
import { useFormat } from '../lib/format'
import { useOpened } from '../lib/address'
import { Confirm, Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy, When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './Settings.module.css'

type User = UsersQuery['users'][number]
type Asked = { do: 'disable'; user: User } | { do: 'link'; link: string; invited: boolean }

/** Who may sign in, and as what. */
export default function Users() {
  const { t } = useLingui()
  const roles = useRoleName()
  const format = useFormat()
  const { user: me } = useSession()
  const [{ data, error, fetching }, ask] = useQuery({ query: UsersDocument, requestPolicy: 'cache-and-network' })
  const [, resetLink] = useMutation(UserResetPasswordDocument)
  const [, disable] = useMutation(UserSetDisabledDocument)
  const [, resetTwoFactor] = useMutation(UserResetTwoFactorDocument)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [inviting, invite, stopInviting] = useOpened('invite')
  const [changing, changeRole, stopChanging] = useOpened('role')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const close = () => setAsked(null)
  const roleOf = data?.users.find((u) => u.id === changing)

  async function reset(user: User) {
    const answer = await resetLink({ id: user.id })
    if (toldRefusal(answer.data?.userResetPassword, answer.error)) return
    const link = answer.data?.userResetPassword.link
    if (link) setAsked({ do: 'link', link, invited: !user.joined })
  }

  async function enable(user: User) {
    const answer = await disable({ id: user.id, disabled: false })
    if (toldRefusal(answer.data?.userSetDisabled, answer.error)) return
    tell(<Trans>{user.name || user.email} may sign in again.</Trans>)
    reload()
  }

  async function resetFactor(user: User) {
    const answer = await resetTwoFactor({ id: user.id })
    if (toldRefusal(answer.data?.userResetTwoFactor, answer.error)) return
    tell(<Trans>Two-factor sign-in of {user.name || user.email} is off.</Trans>)
    reload()
  }

  return (
    <Panel
      title={<Trans>Users</Trans>}
      flush
      action={
        <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => invite('somebody')}>
          <Trans>Invite</Trans>
        </Button>
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={3} />)}
      <ul className={css.rows}>
        {data?.users.map((u) => (
          <li key={u.id}>
            <span className={css.main}>
              <span className={css.name}>{u.name || u.email}</span>
              <br />
              <span className={css.minor}>
                {u.email}
                {u.shops && ` · ${format.list(u.shops.map((s) => s.name))}`}
                {u.seenAt && (
                  <>
                    {' · '}
                    <Trans>
                      last seen <When at={u.seenAt} relative />
                    </Trans>
                  </>
                )}
              </span>
            </span>
            {u.disabledAt && (
              <Badge tone="red">
                <Trans>disabled</Trans>
              </Badge>
            )}
            {!u.joined && (
              <Badge tone="amber">
                <Trans>invited</Trans>
              </Badge>
            )}
            {u.twoFactor && (
              <Badge tone="green">
                <Trans>two-factor</Trans>
              </Badge>
            )}
            <Badge tone="grey">{roles[u.role]}</Badge>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon aria-label={t`More about ${u.name || u.email}`}>
                  <Ellipsis size={16} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => changeRole(u.id)}>
                  <Trans>Change role</Trans>
                </Menu.Item>
                <Menu.Item onClick={() => reset(u)}>{u.joined ? <Trans>Make a link for a new password</Trans> : <Trans>Make a new invitation link</Trans>}</Menu.Item>
                {u.twoFactor && (
                  <Menu.Item onClick={() => resetFactor(u)}>
                    <Trans>Switch two-factor sign-in off</Trans>
                  </Menu.Item>
                )}
                {u.disabledAt ? (
                  <Menu.Item onClick={() => enable(u)}>
                    <Trans>Allow to sign in again</Trans>
                  </Menu.Item>
                ) : (
                  <Menu.Item disabled={u.id === me?.id} onClick={() => setAsked({ do: 'disable', user: u })}>
                    <Trans>Disable</Trans>
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </li>
        ))}
      </ul>
      {inviting !== null && (
        <Invite
          close={stopInviting}
          invited={(link) => {
            stopInviting()
            reload()
            setAsked({ do: 'link', link, invited: true })
          }}
        />
      )}
      {roleOf && <ChangeRole user={roleOf} close={stopChanging} done={reload} />}
      {asked?.do === 'link' && <LinkDialog link={asked.link} invited={asked.invited} close={close} />}
      {asked?.do === 'disable' && (
        <Confirm
          title={t`Disable ${asked.user.name || asked.user.email}`}
          verb={<Trans>Disable</Trans>}
          close={close}
          act={async () => {
            const answer = await disable({ id: asked.user.id, disabled: true })
            if (toldRefusal(answer.data?.userSetDisabled, answer.error)) return
            tell(<Trans>{asked.user.name || asked.user.email} can no longer sign in.</Trans>, () => enable(asked.user))
            reload()
          }}
        >
          <p>
            <Trans>They are signed out everywhere and can no longer sign in. What they did stays in the audit.</Trans>
          </p>
        </Confirm>
      )}
    </Panel>
  )
}

export function RoleFields({ role, setRole, shopIds, setShopIds }: { role: Role; setRole: (role: Role) => void; shopIds: string[]; setShopIds: (ids: string[]) => void }) {
  const { t } = useLingui()
  const names = useRoleName()
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const shops = data?.shops ?? []
  const about: Record<Role, string> = {
    OWNER: t`May do everything, credentials and users included.`,
    MARKETER: t`Works with customers, segments and campaigns, and may start pulls.`,
    CLERK: t`Looks up and serves customers, perhaps of some shops only.`,
    READER: t`Looks.`,
  }
  return (
    <>
      <NativeSelect
        label={t`Role`}
        description={about[role]}
        value={role}
        data={(['OWNER', 'MARKETER', 'CLERK', 'READER'] as const).map((value) => ({ value, label: names[value] }))}
        onChange={(e) => setRole(e.currentTarget.value as Role)}
      />
      {role === 'CLERK' && shops.length > 1 && (
        <Checkbox.Group label={t`Only these shops`} description={t`All shops where none is ticked.`} value={shopIds} onChange={setShopIds}>
          {shops.map((s) => (
            <Checkbox key={s.id} size="xs" mt={6} value={s.id} label={s.name} />
          ))}
        </Checkbox.Group>
      )}
    </>
  )
}

function Invite({ close, invited }: { close: () => void; invited: (link: string) => void }) {
  const { t } = useLingui()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('CLERK')
  const [shopIds, setShopIds] = useState<string[]>([])
  const [, invite] = useMutation(UserInviteDocument)
  return (
    <Modal opened onClose={close} title={t`Invite somebody`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['email', 'name']}
        cancel={close}
        save={<Trans>Make the invitation</Trans>}
        submit={async () => {
          const { data, error } = await invite({ email: email.trim(), name: name.trim(), role, shopIds: role === 'CLERK' && shopIds.length > 0 ? shopIds : null })
          const refusal = refusalOf(data?.userInvite, error)
          if (!refusal && data?.userInvite.link) invited(data.userInvite.link)
          return refusal
        }}
      >
        {(errorOf) => (
          <>
            <TextInput
              data-autofocus
              required
              type="email"
              label={t`E-mail`}
              autoComplete="off"
              value={email}
              error={errorOf('email')}
              onChange={(e) => setEmail(e.currentTarget.value)}
            />
            <TextInput label={t`Name`} autoComplete="off" maxLength={100} value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
            <RoleFields {...{ role, setRole, shopIds, setShopIds }} />
          </>
        )}
      </Form>
    </Modal>
  )
}

function ChangeRole({ user, close, done }: { user: User; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [role, setRole] = useState<Role>(user.role)
  const [shopIds, setShopIds] = useState<string[]>(user.shops?.map((s) => s.id) ?? [])
  const [, change] = useMutation(UserSetRoleDocument)
  return (
    <Modal opened onClose={close} title={t`Role of ${user.name || user.email}`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        cancel={close}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await change({ id: user.id, role, shopIds: role === 'CLERK' && shopIds.length > 0 ? shopIds : null })
          const refusal = refusalOf(data?.userSetRole, error)
          if (!refusal) {
            tell(<Trans>Saved.</Trans>)
            done()
            close()
          }
          return refusal
        }}
      >
        {() => <RoleFields {...{ role, setRole, shopIds, setShopIds }} />}
      </Form>
    </Modal>
  )
}

function LinkDialog({ link: path, invited, close }: { link: string; invited: boolean; close: () => void }) {
  const { t } = useLingui()
  const link = new URL(path, location.origin).href
  return (
    <Modal opened onClose={close} title={invited ? t`Invitation link` : t`Link for a new password`} size="lg" closeButtonProps={{ 'aria-label': t`Close` }}>
      <p>{invited ? <Trans>Hand this link to the person. It works once, for seven days.</Trans> : <Trans>Hand this link to the person. It works once, for one day.</Trans>}</p>
      <div className={css.secret}>
        <Copy value={link} label={t`the link`} />
      </div>
    </Modal>
  )
}

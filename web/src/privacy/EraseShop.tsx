import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Progress, TextInput } from '@mantine/core'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useMutation } from 'urql'
import { useSession } from '../app/session'
import { PrivacyEraseShopDocument, type PrivacyShopFragment } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import css from './privacy.module.css'

/** What erasing a shop comes to, and the word that begins it. */
export function EraseShop({ id, people: p }: { id: string; people: NonNullable<PrivacyShopFragment['shopPeople']> }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [word, setWord] = useState('')
  const [, erase] = useMutation(PrivacyEraseShopDocument)
  const name = p.shopName
  return (
    <Panel title={<Trans>Erase the data of {name}</Trans>}>
      <p>
        <Trans>The app was removed from this shop, and Shopify asks that all that the shop told is erased.</Trans>
      </p>
      <ul className={css.points}>
        <li>
          <Plural value={p.people} _0="Nobody is known from this shop alone." one="# person whom only this shop knows is erased." other="# people whom only this shop knows are erased." />
        </li>
        <li>
          <Plural
            value={p.elsewhere}
            _0="Nobody of them is known elsewhere."
            one="# person whom another shop, a list or you know as well stays, without what this shop told of them."
            other="# people whom another shop, a list or you know as well stay, without what this shop told of them."
          />
        </li>
        <li>
          <Trans>The shop is disconnected, and its credentials are deleted. Messages that it was to send are not sent.</Trans>
        </li>
        <li>
          <Trans>Orders stay as amounts without a name. Uploaded and exported files are deleted, as they may hold these people.</Trans>
        </li>
        <li>
          <Trans>Who said no to something here is kept away if the shop comes back; the others are taken in again then.</Trans>
        </li>
      </ul>
      <p>
        <Trans>There is no way back.</Trans>
      </p>
      {can('OWNER') ? (
        <Form
          fields={['confirm']}
          disabled={word.trim() === ''}
          save={<Trans>Erase for good</Trans>}
          submit={async () => {
            const { data, error } = await erase({ id, confirm: word })
            return refusalOf(data?.privacyEraseShop, error)
          }}
        >
          {(errorOf) => <TextInput label={t`Type “${name}” to erase its data`} autoComplete="off" value={word} error={errorOf('confirm')} onChange={(e) => setWord(e.currentTarget.value)} />}
        </Form>
      ) : (
        <p className="quiet">
          <Trans>An owner erases the shop.</Trans>
        </p>
      )}
    </Panel>
  )
}

/** How far the erasure of a shop is, and its certificate. */
export function ErasedShop({ of: e }: { of: NonNullable<PrivacyShopFragment['shopErasure']> }) {
  const { t, i18n } = useLingui()
  const all = Math.max(e.people + e.elsewhere, e.done)
  const gone = e.done - e.parted
  const { done, shopName } = e
  return (
    <Panel title={<Trans>Erasure of {shopName}</Trans>}>
      {e.finishedAt ? (
        <>
          <p>
            <Plural value={gone} _0="Nobody was erased." one="# person is erased." other="# people are erased." />{' '}
            <Plural value={e.parted} _0="" one="# person stays, without what the shop told of them." other="# people stay, without what the shop told of them." />{' '}
            <Trans>The shop is disconnected. The certificate tells what was erased, what stays and why. It names nobody.</Trans>
          </p>
          <Button component="a" href={`${e.certificate}?language=${i18n.locale}`} download variant="default" leftSection={<Download size={14} aria-hidden />}>
            <Trans>Certificate</Trans>
          </Button>
        </>
      ) : (
        <div role="status">
          <p>
            <Trans>
              {done} of {all} people are dealt with…
            </Trans>
          </p>
          <Progress value={all === 0 ? 0 : (done / all) * 100} aria-label={t`Erasure`} />
        </div>
      )}
      <p className={`quiet ${css.begun}`}>
        <Trans>Begun by {e.begunBy}</Trans> · <When at={e.begunAt} />
      </p>
    </Panel>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu, Modal, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core'
import { Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { useConsentNames } from '../customers/conditions'
import { type ConsentChannel, type ConsentPreferenceRowFragment, ConsentPreferencesDocument, RetireConsentPreferenceDocument, SaveConsentPreferenceDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Settings.module.css'

/** What people are asked about, by channel, in which words. */
export default function Consents() {
  const { t } = useLingui()
  const [retired, setRetired] = useState(false)
  const [{ data, error, fetching }, ask] = useQuery({ query: ConsentPreferencesDocument, variables: { retired }, requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('preference')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const list = data?.consentPreferences ?? []
  const changed = list.find((p) => p.id === opened)
  const [lookedAt, setLooked] = useState<string | null>(null)
  const looked = list.find((p) => p.id === lookedAt)
  return (
    <>
      <Panel
        flush
        title={<Trans>What people are asked about</Trans>}
        action={
          <Button size="compact-sm" leftSection={<Plus size={14} aria-hidden />} onClick={() => open('new')}>
            <Trans>Add a preference</Trans>
          </Button>
        }
      >
        {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={3} />)}
        {data && list.length === 0 && (
          <Empty title={<Trans>No preferences yet</Trans>}>
            <Trans>Add one for each thing that people can say yes or no to, such as a newsletter or invitations. Without any they are asked about a channel as a whole.</Trans>
          </Empty>
        )}
        {list.length > 0 && (
          <ul className={css.rows} aria-label={t`Preferences`}>
            {list.map((p) => (
              <Row key={p.id} preference={p} change={() => open(p.id)} look={() => setLooked(p.id)} reload={reload} />
            ))}
          </ul>
        )}
      </Panel>
      <Switch mt="md" label={t`Show retired preferences too`} checked={retired} onChange={(e) => setRetired(e.currentTarget.checked)} />
      {(opened === 'new' || changed) && <PreferenceDialog key={opened} preference={changed ?? null} close={close} done={reload} />}
      {looked && <EarlierWordings preference={looked} close={() => setLooked(null)} />}
    </>
  )
}

function Row({ preference: p, change, look, reload }: { preference: ConsentPreferenceRowFragment; change: () => void; look: () => void; reload: () => void }) {
  const { t } = useLingui()
  const { channels } = useConsentNames()
  const [, retire] = useMutation(RetireConsentPreferenceDocument)
  const over = p.retiredAt !== null
  const languages = (['en', 'fr', 'de'] as const).filter((l) => p.wording[l]).map((l) => l.toUpperCase())
  return (
    <li>
      <span className={css.main}>
        <b>{p.name}</b>{' '}
        <span className="quiet">
          {channels[p.channel]} · {languages.join(', ')} · <Trans>version {p.version}</Trans>
        </span>{' '}
        {over && (
          <Badge tone="grey">
            <Trans>retired</Trans>
          </Badge>
        )}
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={t`More: ${p.name}`}>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!over && (
            <Menu.Item onClick={change}>
              <Trans>Change</Trans>
            </Menu.Item>
          )}
          {p.earlier.length > 0 && (
            <Menu.Item onClick={look}>
              <Trans>Earlier wordings</Trans>
            </Menu.Item>
          )}
          <Menu.Item
            onClick={async () => {
              const { data, error } = await retire({ id: p.id, retired: !over })
              if (toldRefusal(data?.retireConsentPreference, error)) return
              tell(over ? <Trans>People can be asked about it again.</Trans> : <Trans>Nobody is asked about it any more; what was said holds.</Trans>)
              reload()
            }}
          >
            {over ? <Trans>Take up again</Trans> : <Trans>Retire</Trans>}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  )
}

function PreferenceDialog({ preference, close, done }: { preference: ConsentPreferenceRowFragment | null; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const { channels } = useConsentNames()
  const [channel, setChannel] = useState<ConsentChannel>(preference?.channel ?? 'EMAIL')
  const [name, setName] = useState(preference?.name ?? '')
  const [wording, setWording] = useState({ en: preference?.wording.en ?? '', fr: preference?.wording.fr ?? '', de: preference?.wording.de ?? '' })
  const [, save] = useMutation(SaveConsentPreferenceDocument)
  const labels = { en: t`Wording in English`, fr: t`Wording in French`, de: t`Wording in German` }
  return (
    <Modal opened onClose={close} title={preference ? t`Change ${preference.name}` : t`New preference`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['channel', 'name', 'en', 'fr', 'de']}
        cancel={close}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await save({ id: preference?.id ?? null, input: { channel, name, wording } })
          const refusal = refusalOf(data?.saveConsentPreference, error)
          if (refusal) return refusal
          tell(<Trans>Saved.</Trans>)
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <>
            {!preference && (
              <NativeSelect
                label={t`Channel`}
                value={channel}
                error={errorOf('channel')}
                data={Object.entries(channels).map(([value, label]) => ({ value, label }))}
                onChange={(e) => setChannel(e.currentTarget.value as ConsentChannel)}
              />
            )}
            <TextInput data-autofocus required label={t`Name`} placeholder={t`Newsletter`} maxLength={60} value={name} error={errorOf('name')} onChange={(e) => setName(e.currentTarget.value)} />
            {(['en', 'fr', 'de'] as const).map((l) => (
              <Textarea
                key={l}
                label={labels[l]}
                autosize
                minRows={2}
                maxLength={1000}
                value={wording[l]}
                error={errorOf(l)}
                onChange={(e) => {
                  const text = e.currentTarget.value
                  setWording((w) => ({ ...w, [l]: text }))
                }}
              />
            ))}
            {preference && (
              <p className="quiet">
                <Trans>A change makes a new version. What people said keeps the version that they were shown.</Trans>
              </p>
            )}
          </>
        )}
      </Form>
    </Modal>
  )
}

/** What people were shown before: a consent names the version that it was given to. */
function EarlierWordings({ preference: p, close }: { preference: ConsentPreferenceRowFragment; close: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <Modal opened onClose={close} title={t`Earlier wordings: ${p.name}`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <ul className={css.wordings} aria-label={t`Earlier wordings`}>
        {p.earlier.map((w) => (
          <li key={w.version}>
            <b>{w.name}</b>{' '}
            <span className="quiet">
              <Trans>
                version {w.version}, from {format.day(w.at)}
              </Trans>
              {w.actor && ` · ${w.actor}`}
            </span>
            {(['en', 'fr', 'de'] as const)
              .filter((l) => w.wording[l])
              .map((l) => (
                <p key={l} lang={l}>
                  {w.wording[l]}
                </p>
              ))}
          </li>
        ))}
      </ul>
    </Modal>
  )
}

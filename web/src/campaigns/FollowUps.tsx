import { Trans, useLingui } from '@lingui/react/macro'
import { NativeSelect } from '@mantine/core'
import { useClient } from 'urql'
import { CampaignFollowUpsDocument } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { useMore } from '../lib/more'
import { recipientOf } from '../letters/recipient'
import { MessageBadge } from '../letters/words'
import { More } from '../ui/More'
import { Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import type { Whole } from './Campaign'
import css from './Campaign.module.css'
import { FollowUpDrawer } from './FollowUpDrawer'
import { ChannelMark, sendStates, useSendStateName, VariantName } from './words'

/** The messages of a campaign, newest first. */
export function FollowUps({ campaign, changed }: { campaign: Whole; changed: () => void }) {
  const { t } = useLingui()
  const client = useClient()
  const names = useSendStateName()
  const format = useFormat()
  const [address, change] = useAddress()
  // A figure may count more than one state; it leads to the list of them all.
  const states = sendStates.filter((s) => address.get('state')?.split(',').includes(s))
  const state = states.join(',')
  const [opened, open, close] = useOpened('message')
  const list = useMore(`${campaign.id} ${state}`, async (after) => {
    const { data, error } = await client
      .query(CampaignFollowUpsDocument, { campaignId: campaign.id, states: states.length > 0 ? states : null, after }, { requestPolicy: 'network-only' })
      .toPromise()
    if (!data) return { error }
    const { nodes, pageInfo } = data.followUps
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } }
  })
  return (
    <Panel
      title={<Trans>Messages</Trans>}
      flush
      action={
        <NativeSelect
          size="xs"
          aria-label={t`State`}
          value={state}
          data={[
            { value: '', label: t`All states` },
            ...sendStates.map((s) => ({ value: s as string, label: names[s] })),
            ...(states.length > 1 ? [{ value: state, label: format.list(states.map((s) => names[s])) }] : []),
          ]}
          onChange={(e) => change({ state: e.currentTarget.value || null })}
        />
      }
    >
      {list.rows?.length === 0 && <p className={css.none}>{state ? <Trans>No message is in this state.</Trans> : <Trans>No messages yet: they will be here as they are decided.</Trans>}</p>}
      <ul className={css.messages} aria-label={t`Messages`}>
        {list.rows?.map((m) => (
          <li key={m.id}>
            <button type="button" className={css.message} onClick={() => open(m.id)}>
              <span className="one-line">{m.email?.recipient ?? (m.letter && recipientOf(m.letter.recipient).name) ?? <Trans>not written yet</Trans>}</span>
              <span className={css.minor}>
                <ChannelMark channel={m.channel} /> <Trans>step {campaign.steps.findIndex((s) => s.key === m.stepKey) + 1 || m.stepKey}</Trans>
                {m.variant && <VariantName variant={m.variant} />}
                {m.voucher && (
                  <>
                    {' · '}
                    <span className={css.code}>{m.voucher.code}</span>
                  </>
                )}
              </span>
              <span className={css.minor}>
                <When at={m.sentAt ?? m.dueAt} />
              </span>
              <MessageBadge state={m.state} letter={m.letter} />
            </button>
          </li>
        ))}
      </ul>
      {!list.rows && (list.error ? <Failure error={list.error} retry={list.more} /> : <Skeleton rows={3} />)}
      {list.rows && <More list={list} />}
      <FollowUpDrawer
        opened={opened}
        open={open}
        close={close}
        decided={() => {
          list.reload()
          changed()
        }}
      />
    </Panel>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Gift } from 'lucide-react'
import { useState } from 'react'
import { useClient, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { useConsentNames } from '../customers/conditions'
import { CampaignWhyDocument, type CampaignWhyQuery, PersonFollowUpsDocument, RunningCampaignsDocument } from '../gql/graphql'
import { MessageBadge } from '../letters/words'
import { useOpened } from '../lib/address'
import { useMore } from '../lib/more'
import { More } from '../ui/More'
import { Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './Campaign.module.css'
import { FollowUpDrawer } from './FollowUpDrawer'
import { GoodwillDialog } from './HandActs'
import { reasons } from './reasons'
import { ReasonText } from './Refusals'
import { ChannelMark, useHandName, useVerdictName } from './words'

/** What campaigns wrote to a person, and why they would or would not now. */
export default function PersonFollowUps({ id, vacant }: { id: string; vacant: boolean }) {
  const { t } = useLingui()
  const { can } = useSession()
  const client = useClient()
  const made = useHandName()
  const [opened, open, close] = useOpened('message')
  const [giving, give] = useState(false)
  const list = useMore(`messages of ${id}`, async (after) => {
    const { data, error } = await client.query(PersonFollowUpsDocument, { profileId: id, after }, { requestPolicy: 'network-only' }).toPromise()
    if (!data) return { error }
    const { nodes, pageInfo } = data.followUps
    return { page: { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } }
  })
  return (
    <Panel
      title={<Trans>Follow-ups</Trans>}
      flush
      action={
        can('CLERK') &&
        !vacant && (
          <Button variant="subtle" size="compact-xs" leftSection={<Gift size={13} aria-hidden />} onClick={() => give(true)}>
            <Trans>Give a voucher</Trans>
          </Button>
        )
      }
    >
      {list.rows?.length === 0 && (
        <p className={css.none}>
          <Trans>No campaign has written to this person.</Trans>
        </p>
      )}
      <ul className={css.messages} aria-label={t`Follow-ups`}>
        {list.rows?.map((m) => (
          <li key={m.id}>
            <button type="button" className={css.message} onClick={() => open(m.id)}>
              <span className="one-line">
                {m.byHand ? made[m.byHand] : m.campaignName}
                {m.order && (
                  <span className={css.minor}>
                    {' · '}
                    {m.order.days === 0 ? <Trans>order on the same day</Trans> : <Plural value={m.order.days} one="order # day later" other="order # days later" />}
                  </span>
                )}
              </span>
              <span className={css.minor}>
                {m.byHand !== 'GOODWILL' && <ChannelMark channel={m.channel} />} {m.voucher?.code}
              </span>
              <span className={css.minor}>
                {m.letter?.scannedAt ? (
                  <Trans>
                    scanned <When at={m.letter.scannedAt} />
                  </Trans>
                ) : (
                  <When at={m.sentAt ?? m.dueAt} />
                )}
              </span>
              <MessageBadge state={m.state} letter={m.letter} />
            </button>
          </li>
        ))}
      </ul>
      {!list.rows && (list.error ? <Failure error={list.error} retry={list.more} /> : <Skeleton rows={2} />)}
      {list.rows && <More list={list} />}
      {can('MARKETER') && <Running profileId={id} />}
      <FollowUpDrawer opened={opened} open={open} close={close} decided={list.reload} onCard />
      {giving && (
        <GoodwillDialog
          profileId={id}
          close={() => give(false)}
          done={(message) => {
            list.reload()
            open(message)
          }}
        />
      )}
    </Panel>
  )
}

function Running({ profileId }: { profileId: string }) {
  const [{ data }] = useQuery({ query: RunningCampaignsDocument })
  const running = data?.campaigns.filter((c) => c.state === 'RUNNING') ?? []
  return (
    <ul className={css.running}>
      {running.map((c) => (
        <WhyOrWhyNot key={c.id} campaign={c} profileId={profileId} />
      ))}
    </ul>
  )
}

/** The real decision about this person, without its effect; worked out when it is opened. */
function WhyOrWhyNot({ campaign, profileId }: { campaign: { id: string; name: string }; profileId: string }) {
  const [open, setOpen] = useState(false)
  const [{ data, error, fetching }, ask] = useQuery({ query: CampaignWhyDocument, variables: { id: campaign.id, profileId }, pause: !open, requestPolicy: 'network-only' })
  const decisions = data?.campaign?.why
  return (
    <li>
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary className={css.ask}>
          <Trans>Why / why not: {campaign.name}</Trans>
        </summary>
        {open && !decisions && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={2} />)}
        {open && decisions && (
          <>
            {decisions.length === 0 && (
              <p className="quiet">
                <Trans>Nothing is to be decided: the campaign’s event has not happened to this person, or their way through it is over.</Trans>
              </p>
            )}
            <ul className={css.decisions}>
              {decisions.map((d) => (
                <Decision key={d.instance} decision={d} />
              ))}
            </ul>
            <Link href={`/campaigns/${campaign.id}`}>
              <Trans>Open the campaign</Trans>
            </Link>
          </>
        )}
      </details>
    </li>
  )
}

type Decided = NonNullable<CampaignWhyQuery['campaign']>['why'][number]

function Decision({ decision: d }: { decision: Decided }) {
  const { t, i18n } = useLingui()
  const verdicts = useVerdictName()
  const { channels } = useConsentNames()
  const kinds: Record<string, string> = { cart: t`Cart`, order: t`Order` }
  const kind = kinds[d.instance.split(':')[0] ?? ''] ?? t`Person`
  return (
    <li>
      <p>
        <b>{verdicts[d.verdict]}</b>
        {d.channel && `: ${channels[d.channel]}`}{' '}
        <span className="quiet">
          {kind} · <When at={d.eventAt} />
        </span>
      </p>
      {d.notByEmail && d.channel === 'LETTER' && (
        <p className={css.why}>
          <Trans>By letter, because it is not allowed by e-mail: {i18n._(reasons[d.notByEmail].name)}.</Trans>
        </p>
      )}
      {d.notByEmail && d.channel !== 'LETTER' && (
        <p className={css.why}>
          <Trans>No e-mail: {i18n._(reasons[d.notByEmail].name)}.</Trans>
        </p>
      )}
      {d.reasons.map((r) => (
        <ReasonText key={r} reason={r} />
      ))}
      {d.until && (
        <p className={css.why}>
          <Trans>
            Looked at again <When at={d.until} relative />
          </Trans>
        </p>
      )}
    </li>
  )
}

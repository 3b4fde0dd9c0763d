import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Pause, Play, Square } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { tell, tellFailed } from '../app/toasts'
import { CampaignEndDocument, CampaignPauseDocument, CampaignStartDocument, type CampaignState, type TriggerKind } from '../gql/graphql'
import { Confirm, RefusalText, refusalOf, toldRefusal } from '../ui/Form'
import css from './Campaigns.module.css'

type Acted = { id: string; name: string; state: CampaignState; segmentId: string | null; audience: unknown; trigger: { kind: TriggerKind } }
type Act = 'start' | 'pause' | 'end'

/** Starts, pauses and ends a campaign; each is asked once more. */
export function CampaignActs({ campaign, done, extra }: { campaign: Acted; done: () => void; extra?: ReactNode }) {
  const [asked, setAsked] = useState<Act | null>(null)
  const { name, state } = campaign
  const { t } = useLingui()
  return (
    <span className={css.acts}>
      {extra}
      {(state === 'DRAFT' || state === 'PAUSED') && (
        <Button variant="default" size="compact-xs" leftSection={<Play size={12} aria-hidden />} aria-label={t`Start ${name}`} onClick={() => setAsked('start')}>
          <Trans>Start</Trans>
        </Button>
      )}
      {state === 'RUNNING' && (
        <Button variant="default" size="compact-xs" leftSection={<Pause size={12} aria-hidden />} aria-label={t`Pause ${name}`} onClick={() => setAsked('pause')}>
          <Trans>Pause</Trans>
        </Button>
      )}
      {state !== 'ENDED' && (
        <Button variant="default" size="compact-xs" leftSection={<Square size={12} aria-hidden />} aria-label={t`End ${name}`} onClick={() => setAsked('end')}>
          <Trans>End</Trans>
        </Button>
      )}
      {asked === 'start' && <Start campaign={campaign} close={() => setAsked(null)} done={done} />}
      {asked === 'pause' && <PauseIt campaign={campaign} close={() => setAsked(null)} done={done} />}
      {asked === 'end' && <End campaign={campaign} close={() => setAsked(null)} done={done} />}
    </span>
  )
}

type Props = { campaign: Acted; close: () => void; done: () => void }

function Start({ campaign, close, done }: Props) {
  const { t } = useLingui()
  const [, start] = useMutation(CampaignStartDocument)
  const everybody = !campaign.segmentId && !campaign.audience
  const atOnce = campaign.trigger.kind === 'ONE_TIME'
  return (
    <Confirm
      title={t`Start ${campaign.name}?`}
      verb={atOnce && everybody ? <Trans>Write to everybody</Trans> : <Trans>Start</Trans>}
      close={close}
      act={async () => {
        const { data, error } = await start({ id: campaign.id, confirmEverybody: atOnce && everybody })
        const refusal = refusalOf(data?.campaignStart, error)
        if (refusal) tellFailed(<RefusalText refusal={refusal} />)
        else tell(<Trans>{campaign.name} is running.</Trans>)
        done()
      }}
    >
      <p>
        {atOnce && everybody ? (
          <Trans>This campaign has no audience: it writes to everybody who may be written to, once.</Trans>
        ) : (
          <Trans>From now on people enter by themselves and messages go out. The preview tells who would get something now.</Trans>
        )}
      </p>
    </Confirm>
  )
}

function PauseIt({ campaign, close, done }: Props) {
  const { t } = useLingui()
  const [, pause] = useMutation(CampaignPauseDocument)
  return (
    <Confirm
      title={t`Pause ${campaign.name}?`}
      verb={<Trans>Pause</Trans>}
      close={close}
      act={async () => {
        const { data, error } = await pause({ id: campaign.id })
        if (!toldRefusal(data?.campaignPause, error)) tell(<Trans>{campaign.name} is paused.</Trans>)
        done()
      }}
    >
      <p>
        <Trans>Nobody enters and nothing is sent until it is started again.</Trans>
      </p>
    </Confirm>
  )
}

function End({ campaign, close, done }: Props) {
  const { t } = useLingui()
  const [, end] = useMutation(CampaignEndDocument)
  return (
    <Confirm
      title={t`End ${campaign.name}?`}
      verb={<Trans>End</Trans>}
      close={close}
      act={async () => {
        const { data, error } = await end({ id: campaign.id })
        if (!toldRefusal(data?.campaignEnd, error)) tell(<Trans>{campaign.name} has ended.</Trans>)
        done()
      }}
    >
      <p>
        <Trans>It cannot be started again. Vouchers that were sent stay good. What was sent stays here to be looked at.</Trans>
      </p>
    </Confirm>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Switch } from '@mantine/core'
import { OctagonX } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { SendingStateDocument, SendingStopDocument } from '../gql/graphql'
import { Confirm, toldRefusal } from '../ui/Form'
import { When } from '../ui/parts'
import css from './Campaigns.module.css'

/** Stops everything at once, without a question: it may be urgent. To let it go on is asked for once more. */
export function SendingSwitch() {
  const { t } = useLingui()
  const [{ data }, ask] = useQuery({ query: SendingStateDocument, requestPolicy: 'cache-and-network' })
  const [{ fetching }, change] = useMutation(SendingStopDocument)
  const [asking, setAsking] = useState(false)
  if (!data) return null
  const { stoppedAt } = data.sendingRules
  async function put(stop: boolean) {
    const answer = await change({ stop })
    if (toldRefusal(answer.data?.sendingStop, answer.error)) return
    tell(stop ? <Trans>All sending is stopped.</Trans> : <Trans>Sending goes on.</Trans>)
    ask({ requestPolicy: 'network-only' })
  }
  return (
    <div className={css.stop} data-stopped={stoppedAt !== null || undefined}>
      <Switch
        color="red"
        label={t`Stop all sending`}
        checked={stoppedAt !== null}
        disabled={fetching}
        onChange={(e) => (e.currentTarget.checked ? put(true) : setAsking(true))}
      />
      <span className={css.stopState}>
        {stoppedAt ? (
          <>
            <OctagonX size={14} aria-hidden />{' '}
            <Trans>
              No campaign sends anything. Stopped <When at={stoppedAt} />.
            </Trans>
          </>
        ) : (
          <Trans>Running campaigns send.</Trans>
        )}
      </span>
      {asking && (
        <Confirm title={t`Let sending go on?`} verb={<Trans>Let it go on</Trans>} close={() => setAsking(false)} act={() => put(false)}>
          <p>
            <Trans>Running campaigns send again. What was due too long ago in the meantime is left out.</Trans>
          </p>
        </Confirm>
      )}
    </div>
  )
}

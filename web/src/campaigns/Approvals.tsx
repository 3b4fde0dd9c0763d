import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { FollowUpsApproveDocument, HeldFollowUpsDocument } from '../gql/graphql'
import { toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './Campaign.module.css'

/** The first messages of a campaign, which go out by somebody's word only. */
export function Approvals({ id, held, done }: { id: string; held: number; done: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [{ data, error, fetching }, ask] = useQuery({ query: HeldFollowUpsDocument, variables: { campaignId: id }, requestPolicy: 'cache-and-network' })
  const [{ fetching: busy }, approve] = useMutation(FollowUpsApproveDocument)
  const list = data?.followUps.nodes
  async function decide(ids: string[], yes: boolean) {
    const { data: answer, error: failed } = await approve({ ids, approve: yes })
    const refused = toldRefusal(answer?.followUpsApprove, failed)
    const count = answer?.followUpsApprove.decided ?? 0
    if (!refused) tell(yes ? <Plural value={count} one="# message goes out." other="# messages go out." /> : <Plural value={count} one="# message is not sent." other="# messages are not sent." />)
    ask({ requestPolicy: 'network-only' })
    done()
  }
  return (
    <Panel
      title={<Plural value={held} one="# message waits for your approval" other="# messages wait for your approval" />}
      action={
        can('MARKETER') &&
        list &&
        list.length > 1 && (
          <Button size="compact-xs" loading={busy} onClick={() => decide(list.map((m) => m.id), true)}>
            <Plural value={list.length} one="Approve #" other="Approve these #" />
          </Button>
        )
      }
    >
      <p className="quiet">
        <Trans>The first messages of this campaign wait for somebody’s word. Whether they may go is asked once more before each.</Trans>
      </p>
      {!list && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={3} />)}
      <ul className={css.held} aria-label={t`Messages that wait for approval`}>
        {list?.map((m) => (
          <li key={m.id}>
            <span>
              <Link href={`/customers/${m.profileId}`}>{m.profile?.displayName || t`No name`}</Link>
              <span className={css.why}>
                <When at={m.dueAt} />
                {m.voucher && ` · ${m.voucher.code}`}
              </span>
            </span>
            {can('MARKETER') && (
              <span className={css.choice}>
                <Button variant="default" size="compact-xs" disabled={busy} aria-label={t`Approve the message to ${m.profile?.displayName ?? ''}`} onClick={() => decide([m.id], true)}>
                  <Trans>Approve</Trans>
                </Button>
                <Button variant="subtle" size="compact-xs" disabled={busy} aria-label={t`Do not send the message to ${m.profile?.displayName ?? ''}`} onClick={() => decide([m.id], false)}>
                  <Trans>Do not send</Trans>
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

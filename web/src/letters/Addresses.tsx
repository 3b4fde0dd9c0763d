import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from 'urql'
import { FollowUpDrawer } from '../campaigns/FollowUpDrawer'
import { AddressProposalsDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { Page } from '../ui/Page'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Letters.module.css'
import { Proposal } from './Proposal'
import { LetterParts } from './parts'

/** What the post says of where people live, for somebody to see to. */
export default function Addresses() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: AddressProposalsDocument, requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('message')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const list = data?.addressProposals ?? []
  return (
    <Page title={t`Addresses`}>
      <LetterParts />
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={6} />)}
      {data && list.length === 0 && (
        <Empty title={<Trans>The post reports nothing of addresses</Trans>}>
          <Trans>When a letter comes back, or the post tells where somebody has moved to, it will be here, and on the customer’s card.</Trans>
        </Empty>
      )}
      <ul className={css.proposals} aria-label={t`Reported addresses`}>
        {list.map((p) => (
          <Proposal key={p.id} proposal={p} named open={() => open(p.followUpId)} done={reload} />
        ))}
      </ul>
      <FollowUpDrawer opened={opened} open={open} close={close} decided={reload} />
    </Page>
  )
}

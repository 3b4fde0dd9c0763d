import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from 'urql'
import { FollowUpDrawer } from '../campaigns/FollowUpDrawer'
import { AddressProposalsDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import css from '../letters/Letters.module.css'
import { Proposal } from '../letters/Proposal'
import { Panel } from '../ui/Panel'

/** What the post says of where somebody lives; nothing where it says nothing. */
export default function PersonAddresses({ id, changed }: { id: string; changed: () => void }) {
  const { t } = useLingui()
  const [{ data }, ask] = useQuery({ query: AddressProposalsDocument, variables: { profileId: id }, requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('returned')
  const list = data?.addressProposals ?? []
  if (list.length === 0) return null
  const reload = () => {
    ask({ requestPolicy: 'network-only' })
    changed()
  }
  return (
    <Panel title={<Trans>What the post says of the address</Trans>}>
      <ul className={css.proposals} aria-label={t`Reported addresses`}>
        {list.map((p) => (
          <Proposal key={p.id} proposal={p} open={() => open(p.followUpId)} done={reload} />
        ))}
      </ul>
      <FollowUpDrawer opened={opened} open={open} close={close} decided={reload} />
    </Panel>
  )
}

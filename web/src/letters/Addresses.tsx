import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Check } from 'lucide-react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { tell } from '../app/toasts'
import { FollowUpDrawer } from '../campaigns/FollowUpDrawer'
import { AddressProposalCloseDocument, AddressProposalsDocument, type AddressProposalsQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import { Copy, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Letters.module.css'
import { LetterParts } from './parts'

type Proposal = AddressProposalsQuery['addressProposals'][number]

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
          <Trans>When a letter comes back, or the post tells where somebody has moved to, it will be here. Correct the address in the shop; the next pull brings it.</Trans>
        </Empty>
      )}
      <ul className={css.proposals} aria-label={t`Reported addresses`}>
        {list.map((p) => (
          <OneProposal key={p.id} proposal={p} open={() => open(p.followUpId)} done={reload} />
        ))}
      </ul>
      <FollowUpDrawer opened={opened} close={close} decided={reload} />
    </Page>
  )
}

function OneProposal({ proposal: p, open, done }: { proposal: Proposal; open: () => void; done: () => void }) {
  const { t } = useLingui()
  const [{ fetching }, put] = useMutation(AddressProposalCloseDocument)
  const name = p.name || t`No name`
  async function seenTo() {
    const { data, error } = await put({ id: p.id })
    if (toldRefusal(data?.addressProposalClose, error)) return
    tell(<Trans>{name}: seen to.</Trans>)
    done()
  }
  return (
    <li>
      <div className={css.proposalHead}>
        <span>
          {p.profileId ? <Link href={`/customers/${p.profileId}`}>{name}</Link> : name}{' '}
          <span className={css.minor}>
            <When at={p.at} />
          </span>
        </span>
        <span className={css.acts}>
          <Button variant="subtle" size="compact-sm" aria-label={t`The letter to ${name}`} onClick={open}>
            <Trans>The letter</Trans>
          </Button>
          <Button variant="default" size="compact-sm" leftSection={<Check size={14} aria-hidden />} loading={fetching} aria-label={t`${name}: seen to`} onClick={seenTo}>
            <Trans>Seen to</Trans>
          </Button>
        </span>
      </div>
      <div className={css.both}>
        <Lines title={t`As it was written`} lines={p.written} />
        {p.proposed.length > 0 ? (
          <Lines title={t`As the post has it`} lines={p.proposed} copy />
        ) : (
          <div>
            <h3>{t`As the post has it`}</h3>
            <p className="quiet">
              <Trans>It came back; where they live now is not known.</Trans>
            </p>
          </div>
        )}
      </div>
    </li>
  )
}

function Lines({ title, lines, copy }: { title: string; lines: string[]; copy?: boolean }) {
  const text = lines.join('\n')
  return (
    <div>
      <h3>{title}</h3>
      {copy ? (
        <Copy value={text} label={title}>
          <span className={css.lines}>{text}</span>
        </Copy>
      ) : (
        <p className={css.lines}>{text}</p>
      )}
    </div>
  )
}

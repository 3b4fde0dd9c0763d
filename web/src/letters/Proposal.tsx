import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMutation } from 'urql'
import { Link } from 'wouter'
import { tell } from '../app/toasts'
import { AddressProposalDecideDocument, type AddressProposalState, type ProposalFactsFragment } from '../gql/graphql'
import { toldRefusal } from '../ui/Form'
import { Copy, When } from '../ui/parts'
import css from './Letters.module.css'

type Props = { proposal: ProposalFactsFragment; named?: boolean; open: () => void; done: () => void }

/** What the post says of an address: taken, left or seen to with one click, and each can be undone. */
export function Proposal({ proposal: p, named, open, done }: Props) {
  const { t } = useLingui()
  const name = p.name || t`No name`
  return (
    <li>
      <div className={css.proposalHead}>
        <span>
          {named && (p.profileId ? <Link href={`/customers/${p.profileId}`}>{name}</Link> : name)}{' '}
          <span className={css.minor}>
            <Trans>
              reported <When at={p.at} />
            </Trans>
          </span>
        </span>
        <span className={css.acts}>
          <Button variant="subtle" size="compact-sm" aria-label={t`The letter to ${name}`} onClick={open}>
            <Trans>The letter</Trans>
          </Button>
          <Decisions proposal={p} name={name} done={done} />
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
      <Decided proposal={p} />
    </li>
  )
}

function Decisions({ proposal: p, name, done }: { proposal: ProposalFactsFragment; name: string; done: () => void }) {
  const { t } = useLingui()
  const [{ fetching }, put] = useMutation(AddressProposalDecideDocument)
  const told: Record<AddressProposalState, ReactNode> = {
    OPEN: <Trans>{name}: undecided again.</Trans>,
    TAKEN: <Trans>{name}: letters go to the new address from now on. In the shop nothing was changed.</Trans>,
    DISMISSED: <Trans>{name}: the address stays as it is.</Trans>,
    DONE: <Trans>{name}: seen to.</Trans>,
  }
  async function decide(state: AddressProposalState) {
    const { data, error } = await put({ id: p.id, state })
    if (toldRefusal(data?.addressProposalDecide, error)) return
    tell(told[state], state === 'OPEN' ? undefined : () => decide('OPEN'))
    done()
  }
  if (p.state !== 'OPEN') {
    return (
      <Button variant="default" size="compact-sm" loading={fetching} aria-label={t`Undo the decision about ${name}`} onClick={() => decide('OPEN')}>
        <Trans>Undo</Trans>
      </Button>
    )
  }
  if (p.proposed.length === 0) {
    return (
      <Button variant="default" size="compact-sm" leftSection={<Check size={14} aria-hidden />} loading={fetching} aria-label={t`${name}: seen to`} onClick={() => decide('DONE')}>
        <Trans>Seen to</Trans>
      </Button>
    )
  }
  return (
    <>
      <Button size="compact-sm" leftSection={<Check size={14} aria-hidden />} loading={fetching} aria-label={t`Take it: the new address of ${name}`} onClick={() => decide('TAKEN')}>
        <Trans>Take it</Trans>
      </Button>
      <Button variant="default" size="compact-sm" disabled={fetching} aria-label={t`Leave it: the address of ${name}`} onClick={() => decide('DISMISSED')}>
        <Trans>Leave it</Trans>
      </Button>
    </>
  )
}

function Decided({ proposal: { state, decidedBy, decidedAt } }: { proposal: ProposalFactsFragment }) {
  if (state === 'OPEN' || !decidedAt) return null
  const at = <When at={decidedAt} />
  return (
    <p className={css.minor}>
      {state === 'TAKEN' && (
        <Trans>
          Taken by {decidedBy}, {at}: letters go there for as long as the shop has the old address.
        </Trans>
      )}
      {state === 'DISMISSED' && (
        <Trans>
          Left as it is by {decidedBy}, {at}.
        </Trans>
      )}
      {state === 'DONE' && (
        <Trans>
          Seen to by {decidedBy}, {at}.
        </Trans>
      )}
    </p>
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

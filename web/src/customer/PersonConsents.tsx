import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useQuery } from 'urql'
import { useSession } from '../app/session'
import { useConsentNames } from '../customers/conditions'
import { type OptInState, PersonConsentsDocument, type PersonConsentsQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { Badge, When } from '../ui/parts'
import { Said } from '../ui/said'
import ConsentDialog from './ConsentDialog'
import { consentTone } from './Contact'
import type { Person } from './Customer'
import { Objections } from './panels'
import css from './panels.module.css'

type Word = NonNullable<PersonConsentsQuery['personConsents']>['words'][number]
type OptIn = NonNullable<PersonConsentsQuery['personConsents']>['optIns'][number]

/** What somebody said about being contacted: what holds, and word by word how it is known. */
export default function PersonConsents({ person, reload }: { person: Person; reload: () => void }) {
  const { can } = useSession()
  const names = useConsentNames()
  const [{ data }, ask] = useQuery({ query: PersonConsentsDocument, variables: { id: person.id }, requestPolicy: 'cache-and-network' })
  const [saying, say, stop] = useOpened('consent')
  const words = data?.personConsents?.words ?? []
  return (
    <div id="consents">
      <Panel
        title={<Trans>Consents</Trans>}
        action={
          can('CLERK') && (
            <Button size="compact-xs" variant="default" leftSection={<Plus size={13} aria-hidden />} onClick={() => say('new')}>
              <Trans>Yes or no</Trans>
            </Button>
          )
        }
      >
        {person.consents.filter((c) => c.state !== 'UNKNOWN').length === 0 ? (
          <p className="quiet">
            <Trans>No source says anything: nobody asked, so nothing may be sent.</Trans>
          </p>
        ) : (
          <ul className={css.consents}>
            {person.consents
              .filter((c) => c.state !== 'UNKNOWN')
              .map((c) => (
                <li key={c.channel + c.preference}>
                  <span className={css.consentName}>
                    {names.channels[c.channel]}
                    {c.name && ` · ${c.name}`}
                  </span>
                  <Badge tone={consentTone(c.state)}>{names.states[c.state]}</Badge>
                  {words
                    .filter((w) => w.channel === c.channel && w.preference === c.preference)
                    .map((w) => (
                      <WordLine key={w.recordedAt + w.origin + w.controller} word={w} alone={w.state === c.state} />
                    ))}
                </li>
              ))}
          </ul>
        )}
        {data?.personConsents?.optIns.filter((o) => o.state !== 'CONFIRMED').map((o) => <Asked key={o.id} optIn={o} />)}
        <Objections person={person} />
      </Panel>
      {saying === 'new' && (
        <ConsentDialog
          person={person}
          close={stop}
          done={() => {
            ask({ requestPolicy: 'network-only' })
            reload()
          }}
        />
      )}
    </div>
  )
}

/** How it is known, in words; what a program wrote stays as it is. */
function useHow(): (source: string) => string {
  const { t } = useLingui()
  const known: Record<string, string> = {
    'hand:form': t`on a form`, 'hand:phone': t`on the telephone`, 'hand:in_shop': t`in the shop`, 'hand:letter': t`by letter`, 'hand:double_opt_in': t`by the link in the mail`,
    'hand:undo': t`taken back`, 'hand:lifted': t`lifted on request`, 'hand:expired': t`not confirmed`, import: t`import`,
  }
  return (source) => known[source] ?? source
}

function WordLine({ word: w, alone }: { word: Word; alone: boolean }) {
  const format = useFormat()
  const names = useConsentNames()
  const how = useHow()
  return (
    <span className={css.small}>
      {!alone && <b>{names.states[w.state]} · </b>}
      {w.since && w.controller && w.source !== 'hand:double_opt_in' ? format.calendarDay(w.since.slice(0, 10)) : w.since ? <When at={w.since} /> : <Trans>date unknown</Trans>} · {how(w.source)}
      {(w.controller || w.origin) && ` · ${w.controller || w.origin}`}
      {w.wordingVersion !== null && w.wordingVersion > 0 && (
        <>
          {' '}
          · <Trans>version {w.wordingVersion}</Trans>
        </>
      )}
      {w.controller && w.actor && w.actor !== 'recipient' && ` · ${w.actor}`}
      {w.proof && <q className={css.proof}>{w.proof}</q>}
    </span>
  )
}

function Asked({ optIn: o }: { optIn: OptIn }) {
  const { t } = useLingui()
  const format = useFormat()
  const states: Record<OptInState, string> = {
    DUE: t`being mailed`, SENDING: t`being mailed`, SENT: t`mailed, not confirmed yet`, FAILED: t`not mailed`, UNCERTAIN: t`may have been mailed; it is not sent again`,
    CONFIRMED: t`confirmed`, EXPIRED: t`not confirmed`, ENDED: t`taken back`,
  }
  return (
    <p className={css.small}>
      <b>
        <Trans>Asked to confirm</Trans>
      </b>{' '}
      {o.name && `${o.name} · `}
      {o.address} · {states[o.state]}
      {o.cause && (
        <>
          : <Said sentence={o.cause} text={null} />
        </>
      )}{' '}
      {o.state !== 'ENDED' && (
        <>
          · <Trans>erased unless confirmed by {format.day(o.expiresAt)}</Trans>
        </>
      )}
    </p>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { useConsentNames } from '../customers/conditions'
import { usePreferenceName } from '../customers/inUse'
import { type ConsentChannel, type ConsentState, ProfileChangesDocument, UndoProfileChangeDocument } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import css from './panels.module.css'

/** What may be changed, in words. */
export function useChangeNames(): Record<string, string> {
  const { t } = useLingui()
  return {
    title: t`title`, firstName: t`first name`, lastName: t`last name`, company: t`company`, language: t`language`, birthday: t`birthday`, emails: t`e-mail addresses`,
    phones: t`phone numbers`, pages: t`social pages`, dates: t`important dates`, addresses: t`addresses`, siret: 'SIRET', ape: t`APE code`, vatNumber: t`VAT number`,
    outstandingLimit: t`authorised outstanding`, maxPaymentDays: t`days to pay`, risk: t`risk`, onAccount: t`on account`, upTo: t`up to`, loyalty: t`loyalty points`,
    taxName: t`tax rate’s name`, taxRate: t`tax in percent`, label: t`label`, group: t`group`, photo: t`photo`, consent: t`consent`,
  }
}

/** What people changed about somebody: who, when, from what to what. */
export default function Changes({ id, reload }: { id: string; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [{ data }, ask] = useQuery({ query: ProfileChangesDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const [, undo] = useMutation(UndoProfileChangeDocument)
  const names = useChangeNames()
  const consents = useConsentNames()
  const preferenceName = usePreferenceName()
  /** A consent is kept as channel, state and preference. */
  function said(name: string, value: string): string {
    const [channel, state, ...preference] = value.split(':')
    if (name !== 'consent' || !value) return value
    const about = [consents.channels[channel as ConsentChannel], preferenceName(channel ?? '', preference.join(':'))].filter(Boolean).join(', ')
    return `${about}: ${consents.states[state as ConsentState]}`
  }
  const list = data?.profileChanges ?? []
  if (list.length === 0) return null
  async function takeBack(change: string) {
    const { data, error } = await undo({ id: change })
    if (toldRefusal(data?.undoProfileChange, error)) return
    forgetPages()
    tell(<Trans>The change is taken back.</Trans>)
    ask({ requestPolicy: 'network-only' })
    reload()
  }
  return (
    <Panel title={<Trans>Changes by your people</Trans>}>
      <ul className={css.changes}>
        {list.map((c) => (
          <li key={c.id} data-undone={c.undoneAt !== null}>
            <span className="quiet">
              <When at={c.at} relative /> · {c.actor}
            </span>
            {c.values.map((v) => (
              <span key={v.name}>
                {names[v.name] ?? v.name}: {v.name === 'photo' ? <i>{v.after ? t`uploaded` : t`removed`}</i> : <>{v.before && <s>{said(v.name, v.before)}</s>} {said(v.name, v.after) || <i>{t`removed`}</i>}</>}
              </span>
            ))}
            {c.undoneAt ? (
              <span className="quiet">
                <Trans>
                  taken back by {c.undoneBy}, <When at={c.undoneAt} relative />
                </Trans>
              </span>
            ) : (
              can('CLERK') && (
                <Button variant="subtle" size="compact-xs" onClick={() => takeBack(c.id)}>
                  <Trans>Undo</Trans>
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

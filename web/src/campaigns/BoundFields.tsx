import { Trans, useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import { timeZone } from '../lib/format'
import { Panel } from '../ui/Panel'
import css from './Builder.module.css'
import { Count, Duration, Line, useRefused } from './fields'
import type { Draft } from './plan'

/** What holds for the whole campaign: holdout, lateness, budgets and end. */
export function BoundFields({ draft, put }: { draft: Draft; put: (draft: Draft) => void }) {
  const { t } = useLingui()
  const late = useRefused('endsAt')
  const holdout = <Count label={t`Holdout in percent`} value={draft.holdoutPercent} max={100} suffix=" %" change={(holdoutPercent) => put({ ...draft, holdoutPercent })} field="holdoutPercent" />
  const expiry = <Duration label={t`How late a message may be`} minutes={draft.expiresAfterMinutes} change={(expiresAfterMinutes) => put({ ...draft, expiresAfterMinutes })} field="expiresAfterMinutes" />
  const daily = <Count label={t`Messages in a day at most`} value={draft.dailyBudget} change={(dailyBudget) => put({ ...draft, dailyBudget })} field="budget" />
  const total = <Count label={t`Messages in all at most`} value={draft.totalBudget} change={(totalBudget) => put({ ...draft, totalBudget })} field="budget" />
  const first = <Count label={t`Messages that wait for approval`} value={draft.approveFirst} max={10_000} change={(approveFirst) => put({ ...draft, approveFirst })} field="approveFirst" />
  const end = <TextInput size="xs" type="datetime-local" aria-label={t`End`} value={draft.endsAt} error={late !== null} onChange={(e) => put({ ...draft, endsAt: e.currentTarget.value })} />
  return (
    <Panel title={<Trans>Bounds</Trans>}>
      <div className={css.lines}>
        <Line fields={['holdoutPercent']} help={<Trans>They get nothing, by chance; comparing with them tells what the campaign brings.</Trans>}>
          <Trans>Keep {holdout} aside as the holdout</Trans>
        </Line>
        <Line fields={['expiresAfterMinutes']} help={<Trans>Later it is left out: a reminder of yesterday’s cart helps nobody.</Trans>}>
          <Trans>A message may go out {expiry} late</Trans>
        </Line>
        <Line fields={['budget']} help={<Trans>0: no limit.</Trans>}>
          <Trans>
            Send {daily} messages a day and {total} in all at most
          </Trans>
        </Line>
        <Line fields={['approveFirst']} help={<Trans>You see them on the campaign’s page and let each go, or not. 0: none.</Trans>}>
          <Trans>Let the first {first} messages wait for approval</Trans>
        </Line>
        <Line fields={['endsAt']} help={<Trans>Empty: it does not end by itself. Time zone: {timeZone}</Trans>}>
          <Trans>End on {end}</Trans>
        </Line>
      </div>
    </Panel>
  )
}

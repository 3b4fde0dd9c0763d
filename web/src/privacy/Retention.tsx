import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, NumberInput, Switch } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { RetentionDocument, RetentionKeepDocument, type RetentionQuery, RetentionSetDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge } from '../ui/parts'
import { Failure, Skeleton } from '../ui/states'
import css from './privacy.module.css'

type Periods = Omit<RetentionQuery['retention'], '__typename'>

/** How long what is kept, and who would go. */
export function Retention() {
  const { can } = useSession()
  const [{ data, error, fetching }, ask] = useQuery({ query: RetentionDocument, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })
  if (!data) return error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={3} />
  return (
    <>
      <Warned of={data} reload={reload} />
      <Panel title={<Trans>Retention</Trans>}>
        <PeriodFields saved={data.retention} owner={can('OWNER')} reload={reload} />
      </Panel>
    </>
  )
}

function Warned({ of: data, reload }: { of: RetentionQuery; reload: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const [, keep] = useMutation(RetentionKeepDocument)
  const { warnings, total } = data.retentionWarnings
  if (warnings.length === 0) return null
  async function decide(id: string, kept: boolean) {
    const { data, error } = await keep({ profiles: [id], keep: kept })
    if (!toldRefusal(data?.retentionKeep, error)) reload()
  }
  const months = data.retention.peopleMonths
  return (
    <Panel flush title={<Trans>Without a sign of life</Trans>}>
      <p className={css.lead}>
        {data.retention.peopleErase ? (
          <Plural value={total} one="# person will be erased on the day that is named." other="# people will be erased on the days that are named." />
        ) : (
          <Plural value={total} one="# person would be erased. Nobody is until you switch it on below." other="# people would be erased. Nobody is until you switch it on below." />
        )}{' '}
        <Trans>They have not ordered, left a cart, scanned a letter, consented or written for {months} months.</Trans>
      </p>
      <ul className={css.list}>
        {warnings.map((w) => {
          const name = w.profile?.displayName || t`No name`
          return (
            <li key={w.profile?.id ?? w.lastAt} className={css.row}>
              <span className={css.who}>
                {w.profile && <Link href={`/customers/${w.profile.id}`}>{name}</Link>}
                <span className="quiet">
                  <Trans>last seen {format.day(w.lastAt)}</Trans>
                </span>
              </span>
              {w.keptUntil ? (
                <Badge tone="grey">
                  <Trans>kept until {format.day(w.keptUntil)}</Trans>
                </Badge>
              ) : (
                data.retention.peopleErase && <Trans>will be erased on {format.day(w.eraseOn)}</Trans>
              )}
              {w.profile && (
                <Button size="compact-sm" variant="default" aria-label={w.keptUntil ? t`Keep no more: ${name}` : t`Keep a year: ${name}`} onClick={() => decide(w.profile?.id ?? '', !w.keptUntil)}>
                  {w.keptUntil ? <Trans>Keep no more</Trans> : <Trans>Keep a year</Trans>}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

function PeriodFields({ saved, owner, reload }: { saved: Periods; owner: boolean; reload: () => void }) {
  const { t } = useLingui()
  const [periods, setPeriods] = useState<Periods>(saved)
  const [, change] = useMutation(RetentionSetDocument)
  const days = periods.warnDays
  return (
    <Form
      fields={Object.keys(saved)}
      disabled={!owner}
      save={<Trans>Save</Trans>}
      submit={async () => {
        const { peopleMonths, peopleErase, warnDays, cartMonths, logMonths, scanMonths, letterMonths } = periods
        const { data, error } = await change({ input: { peopleMonths, peopleErase, warnDays, cartMonths, logMonths, scanMonths, letterMonths } })
        const refusal = refusalOf(data?.retentionSet, error)
        if (!refusal) {
          tell(<Trans>Saved.</Trans>)
          reload()
        }
        return refusal
      }}
    >
      {(errorOf) => {
        const number = (key: Exclude<keyof Periods, 'peopleErase'>) => ({
          value: periods[key],
          error: errorOf(key),
          required: true,
          disabled: !owner,
          hideControls: true,
          allowDecimal: false,
          allowNegative: false,
          onChange: (v: string | number) => setPeriods({ ...periods, [key]: Number(v) }),
        })
        return (
          <>
            <div className={css.pair}>
              <NumberInput label={t`Months that people are kept`} description={t`After their last order, cart, scan, consent or message: 12 to 120.`} {...number('peopleMonths')} />
              <NumberInput label={t`Days that they are named before`} description={t`30 to 180.`} {...number('warnDays')} />
            </div>
            <Switch
              checked={periods.peopleErase}
              disabled={!owner}
              label={t`Erase them when their day has come`}
              description={periods.peopleErase ? t`Nobody is erased sooner than ${days} days after they were named.` : t`Off: they are only named here.`}
              onChange={(e) => setPeriods({ ...periods, peopleErase: e.currentTarget.checked })}
            />
            <div className={css.pair}>
              <NumberInput label={t`Months that carts are kept`} description={t`Those that became no order: 3 to 120.`} {...number('cartMonths')} />
              <NumberInput label={t`Months that files of letters are kept`} description={t`1 to 120.`} {...number('letterMonths')} />
            </div>
            <div className={css.pair}>
              <NumberInput label={t`Months that scans are kept`} description={t`One by one; how many they were stays.`} {...number('scanMonths')} />
              <NumberInput label={t`Months that the history of pulls is kept`} description={t`1 to 120.`} {...number('logMonths')} />
            </div>
            <p className="quiet">
              <Trans>Nothing is erased or forgotten by itself before you save this once.</Trans>
            </p>
          </>
        )
      }}
    </Form>
  )
}

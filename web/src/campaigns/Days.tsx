import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { CampaignDaysDocument, type CampaignDaysQuery } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { DataTable } from '../ui/DataTable'
import { Panel } from '../ui/Panel'
import { Failure, Skeleton } from '../ui/states'
import table from '../ui/table.module.css'
import { Refusals } from './Refusals'

type Day = NonNullable<CampaignDaysQuery['campaign']>['days'][number]

/** What the campaign decided and sent on each of the last days; a day opens and tells why not. */
export function Days({ id }: { id: string }) {
  const { t } = useLingui()
  const [open, setOpen] = useState('')
  const [{ data, error, fetching }, ask] = useQuery({ query: CampaignDaysDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const days = data?.campaign?.days
  return (
    <Panel title={<Trans>Day by day</Trans>} flush={!!days?.length}>
      {!days && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={4} />)}
      {days?.length === 0 && (
        <p className="quiet">
          <Trans>Nothing was decided in the last 30 days.</Trans>
        </p>
      )}
      {!!days?.length && (
        <DataTable
          heads={[
            { name: t`Day` },
            { name: t`Judged for the first time`, right: true },
            { name: t`Entered`, right: true },
            { name: t`To be sent`, right: true },
            { name: t`Sent`, right: true },
            { name: t`Refused`, right: true },
            { name: t`Waiting`, right: true },
          ]}
        >
          {[...days].reverse().map((d) => (
            <Row key={d.day} day={d} open={open === d.day} toggle={() => setOpen(open === d.day ? '' : d.day)} />
          ))}
        </DataTable>
      )}
    </Panel>
  )
}

function Row({ day: d, open, toggle }: { day: Day; open: boolean; toggle: () => void }) {
  const format = useFormat()
  const sum = (verdict: string) => d.refusals.reduce((n, r) => n + (r.verdict === verdict ? r.count : 0), 0)
  return (
    <>
      <tr>
        <th scope="row">
          {d.refusals.length > 0 ? (
            <Button variant="subtle" size="compact-xs" aria-expanded={open} onClick={toggle}>
              {format.calendarDay(d.day)}
            </Button>
          ) : (
            format.calendarDay(d.day)
          )}
        </th>
        {[d.judged, d.entered + d.heldOut, d.decided, d.sent, sum('REFUSE') + d.expired, sum('WAIT')].map((n, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
          <td key={i} className={table.right}>
            {format.number(n)}
          </td>
        ))}
      </tr>
      {open && (
        <tr>
          <td colSpan={7}>
            <Refusals list={d.refusals} none={null} />
          </td>
        </tr>
      )}
    </>
  )
}

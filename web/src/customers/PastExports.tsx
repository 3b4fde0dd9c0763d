import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Download } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useMutation } from 'urql'
import { ExportCancelDocument, type ExportPartsFragment } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { toldRefusal } from '../ui/Form'
import { Badge, When } from '../ui/parts'
import { Said } from '../ui/said'
import css from './Exports.module.css'

const active = (e: ExportPartsFragment) => e.state === 'QUEUED' || e.state === 'RUNNING'

/** The exports of the last days; those under way are looked at every second. */
export function PastExports({ list, reload }: { list: readonly ExportPartsFragment[]; reload: () => void }) {
  const { t } = useLingui()
  const moving = list.some(active)
  const again = useRef(reload)
  again.current = reload
  useEffect(() => {
    if (!moving) return
    const timer = window.setInterval(() => again.current(), 1_000)
    return () => window.clearInterval(timer)
  }, [moving])
  return (
    <section className={css.past}>
      <h3>
        <Trans>Exports of the last seven days</Trans>
      </h3>
      <ul className={css.list} aria-label={t`Exports of the last seven days`}>
        {list.map((e) => (
          <Row key={e.id} of={e} reload={reload} />
        ))}
      </ul>
    </section>
  )
}

function Row({ of: e, reload }: { of: ExportPartsFragment; reload: () => void }) {
  const [{ fetching }, cancel] = useMutation(ExportCancelDocument)
  return (
    <li>
      <span className={css.main}>
        <span>
          {e.format} · <Kind of={e} />
        </span>
        <span className={css.minor}>
          {e.author} · <When at={e.createdAt} />
          {e.file && e.expiresAt && (
            <>
              {' · '}
              <Trans>
                deleted <When at={e.expiresAt} />
              </Trans>
            </>
          )}
        </span>
        <Moving of={e} />
      </span>
      <Outcome of={e} />
      {active(e) && (
        <Button
          variant="default"
          size="compact-sm"
          loading={fetching}
          onClick={async () => {
            const answer = await cancel({ id: e.id })
            toldRefusal(answer.data?.exportCancel, answer.error)
            reload()
          }}
        >
          <Trans>Cancel</Trans>
        </Button>
      )}
      {e.file && (
        <Button component="a" href={e.file} download size="compact-sm" variant="default" leftSection={<Download size={14} aria-hidden />}>
          <Trans>Download</Trans>
        </Button>
      )}
    </li>
  )
}

function Kind({ of: e }: { of: ExportPartsFragment }) {
  if (e.list === 'OUTSTANDING') return <Trans>Outstanding amounts</Trans>
  switch (e.optedIn) {
    case 'EMAIL':
      return <Trans>Who opted in to e-mail</Trans>
    case 'LETTER':
      return <Trans>Who opted in to letters</Trans>
    case 'SMS':
      return <Trans>Who opted in to SMS</Trans>
    default:
      return <Trans>Customers</Trans>
  }
}

function Moving({ of: e }: { of: ExportPartsFragment }) {
  const { t } = useLingui()
  const format = useFormat()
  if (!active(e)) return null
  return (
    <>
      <progress className={css.bar} aria-label={t`Progress of the export`} max={1} value={e.total ? e.done / e.total : undefined} />
      {e.total !== null && (
        <span className={`${css.minor} figures`}>
          <Trans>
            {format.number(e.done)} of {format.number(e.total)}
          </Trans>
        </span>
      )}
    </>
  )
}

function Outcome({ of: e }: { of: ExportPartsFragment }) {
  switch (e.state) {
    case 'DONE':
      return (
        <span className="figures">
          <Plural value={e.rows} one="# row" other="# rows" />
        </span>
      )
    case 'FAILED':
      return (
        <Badge tone="red">
          <Said sentence={e.cause} text="" />
        </Badge>
      )
    case 'CANCELLED':
      return (
        <Badge tone="grey">
          <Trans>cancelled</Trans>
        </Badge>
      )
    default:
      return null
  }
}

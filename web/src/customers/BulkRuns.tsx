import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useMutation, useQuery } from 'urql'
import { BulkCancelDocument, type BulkPartsFragment, BulkRunsDocument, BulkUndoDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { toldRefusal } from '../ui/Form'
import { Badge, When } from '../ui/parts'
import { Said } from '../ui/said'
import { Skeleton } from '../ui/states'
import css from './Exports.module.css'

const active = (b: BulkPartsFragment) => b.state === 'QUEUED' || b.state === 'RUNNING' || b.state === 'UNDOING'

/** The changes of many people of the last time, in a dialog of their own. */
export default function BulkRunsDialog({ close, changed }: { close: () => void; changed: () => void }) {
  const { t } = useLingui()
  return (
    <Modal opened onClose={close} size="lg" title={t`Changes of many customers`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <BulkRuns changed={changed} />
    </Modal>
  )
}

/** How runs stand, looked at every second while one is under way; one of them alone where it is named. */
export function BulkRuns({ only, changed }: { only?: string; changed: () => void }) {
  const { t } = useLingui()
  const [{ data }, ask] = useQuery({ query: BulkRunsDocument, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const list = (data?.bulkRuns ?? []).filter((b) => !only || b.id === only)
  const moving = list.some(active)
  const now = useRef({ reload, changed, moved: false })
  now.current.reload = reload
  now.current.changed = changed
  useEffect(() => {
    if (!moving) {
      if (now.current.moved) now.current.changed()
      return
    }
    now.current.moved = true
    const timer = window.setInterval(() => now.current.reload(), 1_000)
    return () => window.clearInterval(timer)
  }, [moving])
  if (!data || (only && list.length === 0)) return <Skeleton rows={2} />
  if (list.length === 0)
    return (
      <p className="quiet">
        <Trans>Nobody changed many customers at once yet.</Trans>
      </p>
    )
  return (
    <ul className={css.list} aria-label={t`Changes of many customers`}>
      {list.map((b) => (
        <Row
          key={b.id}
          of={b}
          reload={() => {
            reload()
            changed()
          }}
        />
      ))}
    </ul>
  )
}

function Row({ of: b, reload }: { of: BulkPartsFragment; reload: () => void }) {
  const [cancelling, cancel] = useMutation(BulkCancelDocument)
  const [undoing, undo] = useMutation(BulkUndoDocument)
  async function act(how: typeof cancel | typeof undo) {
    const { data, error } = await how({ id: b.id })
    toldRefusal(data?.bulk, error)
    reload()
  }
  return (
    <li>
      <span className={css.main}>
        <span>
          <What of={b} />
        </span>
        <span className={css.minor}>
          {b.author} · <When at={b.createdAt} />
        </span>
        <Moving of={b} />
        <Outcome of={b} />
      </span>
      {(b.state === 'QUEUED' || b.state === 'RUNNING') && (
        <Button variant="default" size="compact-sm" loading={cancelling.fetching} onClick={() => act(cancel)}>
          <Trans>Stop</Trans>
        </Button>
      )}
      {b.undoUntil && (
        <Button variant="default" size="compact-sm" loading={undoing.fetching} onClick={() => act(undo)}>
          <Trans>Take back</Trans>
        </Button>
      )}
    </li>
  )
}

function What({ of: b }: { of: BulkPartsFragment }) {
  switch (b.kind) {
    case 'ADD_LABEL':
      return <Trans>Label “{b.label}” added</Trans>
    case 'REMOVE_LABEL':
      return <Trans>Label “{b.label}” removed</Trans>
    case 'SET_GROUP':
      return b.group ? <Trans>Put into the group “{b.group}”</Trans> : <Trans>Taken out of their group</Trans>
    default:
      return <Trans>Task “{b.task}” set</Trans>
  }
}

function Moving({ of: b }: { of: BulkPartsFragment }) {
  const { t } = useLingui()
  const format = useFormat()
  if (!active(b)) return null
  const [done, total] = b.state === 'UNDOING' ? [b.undone + b.kept, b.changed] : [b.done, b.total]
  return (
    <>
      <progress className={css.bar} aria-label={t`Progress of the change`} max={1} value={b.state === 'QUEUED' || !total ? undefined : Math.min(1, done / total)} />
      <span className={`${css.minor} figures`}>
        <Trans>
          {format.number(done)} of {format.number(total)}
        </Trans>
      </span>
    </>
  )
}

function Outcome({ of: b }: { of: BulkPartsFragment }) {
  if (b.state === 'QUEUED') return null
  return (
    <span className={`${css.minor} figures`} data-testid="bulk-outcome">
      <Plural value={b.changed} one="# changed" other="# changed" />
      {' · '}
      <Plural value={b.unchanged} one="# was like that already" other="# were like that already" />
      {b.failed > 0 && (
        <>
          {' · '}
          <Plural value={b.failed} one="# could not be found" other="# could not be found" />
        </>
      )}{' '}
      {b.state === 'CANCELLED' && (
        <Badge tone="grey">
          <Trans>stopped</Trans>
        </Badge>
      )}
      {b.state === 'FAILED' && (
        <Badge tone="red">
          <Said sentence={b.cause} text="" />
        </Badge>
      )}
      {b.state === 'UNDONE' && (
        <Badge tone="grey">
          {b.kept > 0 ? <Plural value={b.kept} one="taken back, but # was changed since and stays" other="taken back, but # were changed since and stay" /> : <Trans>taken back</Trans>}
        </Badge>
      )}
    </span>
  )
}

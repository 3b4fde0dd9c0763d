import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, TextInput } from '@mantine/core'
import { FileSpreadsheet, FileText, Printer, Send } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { tell } from '../app/toasts'
import { BatchesDocument, type BatchesQuery, BatchMakeDocument, BatchPostedDocument, TestLettersDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Page } from '../ui/Page'
import { Panel } from '../ui/Panel'
import { Amount, Badge, When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import { Day } from './Day'
import css from './Letters.module.css'
import { LetterParts } from './parts'
import { PrintBadge } from './words'

type Batch = BatchesQuery['printBatches'][number]
type Own = BatchesQuery['printers'][number]

/** What one prints oneself: letters that wait, and the batches in which they were printed. */
export default function Batches() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: BatchesDocument, requestPolicy: 'cache-and-network' })
  const [posting, post, stopPosting] = useOpened('posted')
  const reload = () => ask({ requestPolicy: 'network-only' })
  const own = data?.printers.filter((p) => p.kind === 'HAND') ?? []
  const batches = data?.printBatches ?? []
  const posted = batches.find((b) => b.id === posting)
  const nameOf = (b: Batch) => data?.printers.find((p) => p.id === b.printerId)?.name ?? ''
  return (
    <Page title={t`Batches`}>
      <LetterParts />
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={6} />)}
      {own.length > 0 && (
        <ul className={css.waiting} aria-label={t`Your own printers`}>
          {own.map((p) => (
            <Waiting key={p.id} printer={p} made={reload} />
          ))}
        </ul>
      )}
      {data && own.length === 0 && batches.length === 0 && (
        <Empty title={<Trans>You do not print letters yourself</Trans>}>
          <Trans>
            Add yourself under <Link href="/settings/printers">Printers</Link> to print letters in batches: one file with a cover sheet, and a list.
          </Trans>
        </Empty>
      )}
      {data && own.length > 0 && batches.length === 0 && (
        <Empty title={<Trans>No batches yet</Trans>}>
          <Trans>As soon as letters wait, make a batch: print its file, put the letters into their envelopes and take them to the post.</Trans>
        </Empty>
      )}
      {batches.length > 0 && (
        <Panel title={<Trans>Batches</Trans>} flush>
          <ul className={css.batches} aria-label={t`Batches`}>
            {batches.map((b) => (
              <OneBatch key={b.id} batch={b} printer={nameOf(b)} post={() => post(b.id)} />
            ))}
          </ul>
        </Panel>
      )}
      <TestLetters />
      {posted && <Posted batch={posted} close={stopPosting} done={reload} />}
    </Page>
  )
}

/** Letters that somebody had printed to see them. */
function TestLetters() {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: TestLettersDocument, requestPolicy: 'cache-and-network' })
  const list = data?.testLetters ?? []
  if (list.length === 0) return null
  return (
    <Panel title={<Trans>Test letters</Trans>} flush>
      <ul className={css.batches} aria-label={t`Test letters`}>
        {list.map((l) => (
          <li key={l.id}>
            <span className={css.main}>
              <span className={css.name}>{l.recipient.join(', ')}</span>
              <span className={css.minor}>
                {l.author}
                {' · '}
                {l.printerName}
                {l.batchNumber !== null && (
                  <>
                    , <Trans>batch {l.batchNumber}</Trans>
                  </>
                )}
                {l.price && (
                  <>
                    {' · '}
                    <Amount value={l.price} />
                  </>
                )}
                {l.orderedAt && (
                  <>
                    {' · '}
                    <When at={l.orderedAt} />
                  </>
                )}
              </span>
            </span>
            <PrintBadge state={l.state} raw={l.raw} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Waiting({ printer: p, made }: { printer: Own; made: () => void }) {
  const { t } = useLingui()
  const [{ fetching }, make] = useMutation(BatchMakeDocument)
  async function gather() {
    const { data, error } = await make({ printerId: p.id })
    if (toldRefusal(data?.printBatchCreate, error)) return
    const batch = data?.printBatchCreate.batch
    if (batch) {
      const { number } = batch
      tell(<Trans>Batch {number} is made. Print its file, then take the letters to the post.</Trans>)
    }
    made()
  }
  return (
    <li>
      <span className={css.main}>
        <span className={css.name}>{p.name}</span>
        <span className={css.count}>
          <Plural value={p.waiting} _0="No letter waits" one="# letter waits" other="# letters wait" />
        </span>
      </span>
      <Button leftSection={<Printer size={14} aria-hidden />} loading={fetching} disabled={p.waiting === 0} aria-label={t`Make a batch for ${p.name}`} onClick={gather}>
        <Trans>Make a batch</Trans>
      </Button>
    </li>
  )
}

function OneBatch({ batch: b, printer, post }: { batch: Batch; printer: string; post: () => void }) {
  const { t, i18n } = useLingui()
  const { number } = b
  return (
    <li>
      <span className={css.main}>
        <span className={css.name}>
          <Trans>Batch {number}</Trans>
        </span>
        <span className={css.minor}>
          <Link href={`/letters?batch=${b.id}`}>
            <Plural value={b.letters} one="# letter" other="# letters" />
          </Link>
          {b.tests > 0 && (
            <>
              {', '}
              <Plural value={b.tests} one="# of them a test" other="# of them tests" />
            </>
          )}
          {' · '}
          <Plural value={b.pages} one="# page" other="# pages" />
          {' · '}
          {printer}
          {' · '}
          <Trans>
            made <When at={b.createdAt} />
          </Trans>
        </span>
      </span>
      {b.postedAt ? (
        <Badge tone="green" icon={<Send size={12} aria-hidden />}>
          <Trans>
            posted <Day at={b.postedAt} />
          </Trans>
        </Badge>
      ) : (
        <Badge tone="amber">
          <Trans>not posted yet</Trans>
        </Badge>
      )}
      <span className={css.acts}>
        <Button component="a" href={`/batches/${b.id}.pdf?language=${i18n.locale}`} target="_blank" rel="noopener" variant="default" size="compact-sm" leftSection={<FileText size={14} aria-hidden />} aria-label={t`File of batch ${number} to print`}>
          <Trans>To print (PDF)</Trans>
        </Button>
        <Button component="a" href={`/batches/${b.id}.csv?language=${i18n.locale}`} download variant="default" size="compact-sm" leftSection={<FileSpreadsheet size={14} aria-hidden />} aria-label={t`List of batch ${number}`}>
          <Trans>List (CSV)</Trans>
        </Button>
        {!b.postedAt && (
          <Button variant="default" size="compact-sm" leftSection={<Send size={14} aria-hidden />} aria-label={t`Batch ${number} is taken to the post`} onClick={post}>
            <Trans>Taken to the post</Trans>
          </Button>
        )}
      </span>
    </li>
  )
}

/** The day of this clock, as fields for dates take it. */
function today(): string {
  const now = new Date()
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

function Posted({ batch, close, done }: { batch: Batch; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const [on, setOn] = useState(today)
  const [, note] = useMutation(BatchPostedDocument)
  const { number, letters } = batch
  return (
    <Modal opened onClose={close} title={t`Batch ${number} is taken to the post`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['on']}
        cancel={close}
        save={<Trans>Note it</Trans>}
        submit={async () => {
          const { data, error } = await note({ id: batch.id, on: on || null })
          const refusal = refusalOf(data?.printBatchPosted, error)
          if (refusal) return refusal
          tell(<Trans>Batch {number} is noted as posted on {format.calendarDay(on || today())}.</Trans>)
          close()
          done()
          return null
        }}
      >
        {(errorOf) => (
          <>
            <p>
              <Plural value={letters} one="# letter counts as posted from this day; its effect is measured from when it arrives." other="# letters count as posted from this day; their effect is measured from when they arrive." />
            </p>
            <TextInput data-autofocus type="date" label={t`Day`} required max={today()} value={on} error={errorOf('on')} onChange={(e) => setOn(e.currentTarget.value)} />
          </>
        )}
      </Form>
    </Modal>
  )
}

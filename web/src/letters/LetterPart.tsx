import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { FileText } from 'lucide-react'
import { useMutation } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { type LetterFactsFragment, LettersStopDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { toldRefusal } from '../ui/Form'
import { Amount, Copy, When } from '../ui/parts'
import css from './Letters.module.css'
import { Day } from './Day'

/** What can be done with a letter: see what was printed, and note that somebody wants no more of them. */
export function LetterActs({ id, letter, done }: { id: string; letter: LetterFactsFragment; done: () => void }) {
  return (
    <div className={css.drawerActs}>
      <Button component="a" href={`/letters/${id}.pdf`} target="_blank" rel="noopener" variant="default" leftSection={<FileText size={14} aria-hidden />}>
        <Trans>PDF as printed</Trans>
      </Button>
      <Objection {...{ id, letter, done }} />
    </div>
  )
}

/** What a letter is, for the list of a message's facts. */
export function LetterFacts({ letter: l }: { letter: LetterFactsFragment }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <>
      <dt>{t`Recipient`}</dt>
      <dd className={css.lines}>{l.recipient.join('\n')}</dd>
      <dt>{t`Pages`}</dt>
      <dd>{format.number(l.pages)}</dd>
      {l.price && (
        <>
          <dt>{t`Price`}</dt>
          <dd>
            <Amount value={l.price} />
          </dd>
        </>
      )}
      <dt>{t`Printer`}</dt>
      <dd>
        {l.printerName}
        {l.batchNumber !== null && (
          <>
            , <Trans>batch {l.batchNumber}</Trans>
          </>
        )}
      </dd>
      <Dates letter={l} />
      <dt>{t`Code`}</dt>
      <dd>
        <Copy value={l.code} />
      </dd>
    </>
  )
}

function Dates({ letter: l }: { letter: LetterFactsFragment }) {
  const { t } = useLingui()
  const dates: [string, string | null][] = [
    [t`Made`, l.madeAt],
    [t({ message: 'Ordered', context: 'letter' }), l.orderedAt],
    [t`Posted`, l.postedAt],
    [t`Ended`, l.endedAt],
    [t`Scanned`, l.scannedAt],
  ]
  return (
    <>
      {dates.map(
        ([name, at]) =>
          at && (
            <div key={name} className={css.date}>
              <dt>{name}</dt>
              <dd>
                {at === l.postedAt ? <Day at={at} /> : <When at={at} />}
                {at === l.scannedAt && l.scans > 1 && (
                  <>
                    , <Trans>{l.scans} times in all</Trans>
                  </>
                )}
              </dd>
            </div>
          ),
      )}
    </>
  )
}

/** Notes what somebody says on the telephone or writes: no more letters. */
function Objection({ id, letter, done }: { id: string; letter: LetterFactsFragment; done: () => void }) {
  const { can } = useSession()
  const [{ fetching }, stop] = useMutation(LettersStopDocument)
  if (!can('CLERK')) return null
  async function put(undo: boolean) {
    const { data, error } = await stop({ followUpId: id, undo })
    if (toldRefusal(data?.lettersStop, error)) return
    if (undo) tell(<Trans>They may get letters again.</Trans>)
    else tell(<Trans>They get no more letters. What is not printed yet is not printed.</Trans>, () => put(true))
    done()
  }
  return letter.stopped ? (
    <>
      <p className={css.stopped}>
        <Trans>Objected to letters and gets no more.</Trans>
      </p>
      <Button variant="default" loading={fetching} onClick={() => put(true)}>
        <Trans>Take the objection back</Trans>
      </Button>
    </>
  ) : (
    <Button variant="default" loading={fetching} onClick={() => put(false)}>
      <Trans>Objects to letters</Trans>
    </Button>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect } from '@mantine/core'
import { useClient } from 'urql'
import { Link } from 'wouter'
import { plain } from '../api/client'
import { useSession } from '../app/session'
import { FollowUpDrawer } from '../campaigns/FollowUpDrawer'
import { LettersDocument, type LettersQuery, type PrintState, TestLettersDocument, type TestLettersQuery } from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { isId } from '../lib/link'
import { type Loaded, usePages } from '../lib/pages'
import { Page } from '../ui/Page'
import { Amount, Badge, When } from '../ui/parts'
import { ColumnHead, RowList } from '../ui/RowList'
import { Empty } from '../ui/states'
import table from '../ui/table.module.css'
import { Day } from './Day'
import css from './Letters.module.css'
import { LetterParts } from './parts'
import { recipientOf } from './recipient'
import { MessageBadge, PrintBadge, printStates, usePrintStateName } from './words'

type Sent = LettersQuery['letters']['nodes'][number]
type Test = TestLettersQuery['testLetters'][number]
/** A letter to somebody, or one that was printed to be seen: a batch holds both. */
type Row = (Sent & { test?: undefined }) | { id: string; test: Test }

const pageSize = 100

/** Where a letter stands. */
function Stand({ row }: { row: Row }) {
  return row.test ? <PrintBadge state={row.test.state} raw={row.test.raw} /> : <MessageBadge state={row.state} letter={row.letter} />
}

/** Every letter, newest first; of a batch its test letters before them, as they lie in its file. */
export default function Letters() {
  const { t } = useLingui()
  const client = useClient()
  const names = usePrintStateName()
  const { can } = useSession()
  const [address, change] = useAddress()
  const [opened, open, close] = useOpened('message')
  const state = printStates.find((s) => s === address.get('state')) ?? null
  const id = (name: string) => (isId(address.get(name) ?? '') ? address.get(name) : null)
  const [batchId, campaignId] = [id('batch'), id('campaign')]
  const key = `letters ${state} ${batchId} ${campaignId}`
  const list = usePages<Row>(key, address.get('after'), async (after, signal) => {
    const variables = { states: state ? [state] : null, batchId, campaignId, first: pageSize, after }
    const { data, error } = await client.query(LettersDocument, variables, { requestPolicy: 'network-only', fetchOptions: { signal, headers: plain } }).toPromise()
    if (!data) return { error: error as never }
    const { nodes, pageInfo } = data.letters
    const tests: Row[] = []
    if (batchId && !after && can('MARKETER')) {
      const found = await client.query(TestLettersDocument, { batchId }, { requestPolicy: 'network-only', fetchOptions: { signal, headers: plain } }).toPromise()
      if (!found.data) return { error: found.error as never }
      tests.push(...found.data.testLetters.filter((l) => !state || l.state === state).map((test) => ({ id: test.id, test })))
    }
    return { page: { nodes: [...tests, ...nodes], next: pageInfo.hasNextPage ? pageInfo.endCursor : null } satisfies Loaded<Row> }
  })
  const narrowed = state !== null || batchId !== null || campaignId !== null
  const all = () => change({ state: null, batch: null, campaign: null, after: null })
  return (
    <Page
      fill
      title={t`Letters`}
      actions={
        <>
          {(batchId || campaignId) && (
            <Button variant="default" onClick={all}>
              <Trans>Show all letters</Trans>
            </Button>
          )}
          <NativeSelect
            size="xs"
            aria-label={t`State`}
            value={state ?? ''}
            data={[{ value: '', label: t`All states` }, ...printStates.map((s) => ({ value: s as string, label: names[s] }))]}
            onChange={(e) => change({ state: e.currentTarget.value || null, after: null })}
          />
        </>
      }
    >
      <LetterParts />
      <RowList
        name={key}
        list={list}
        label={t`List of letters`}
        setStart={(after) => change({ after })}
        open={(row) => !row.test && open(row.id)}
        keys={opened === null}
        empty={narrowed ? <NoneMatch all={all} state={state} /> : <NoneYet />}
        head={[
          <ColumnHead key="to">{t`Recipient`}</ColumnHead>,
          <ColumnHead key="campaign" width="15%">{t`Campaign`}</ColumnHead>,
          <ColumnHead key="state" width={176}>{t`State`}</ColumnHead>,
          <ColumnHead key="pages" width={62} right>{t`Pages`}</ColumnHead>,
          <ColumnHead key="price" width={78} right>{t`Price`}</ColumnHead>,
          <ColumnHead key="made" width={130}>{t`Made`}</ColumnHead>,
          <ColumnHead key="posted" width={84}>{t`Posted`}</ColumnHead>,
          <ColumnHead key="scanned" width={110}>{t`Scanned`}</ColumnHead>,
        ]}
        cells={(row) => <Cells row={row} open={() => open(row.id)} />}
        card={(row) => <Card row={row} open={() => open(row.id)} />}
      />
      <FollowUpDrawer opened={opened} open={open} close={close} decided={list.reload} />
    </Page>
  )
}

function NoneMatch({ all, state }: { all: () => void; state: PrintState | null }) {
  const names = usePrintStateName()
  return (
    <Empty
      title={<Trans>No such letter</Trans>}
      action={
        <Button variant="default" onClick={all}>
          <Trans>Show all letters</Trans>
        </Button>
      }
    >
      {state && <Trans>None is in the state “{names[state]}”.</Trans>}
    </Empty>
  )
}

/** How letters begin: a letterhead, a printer, and a campaign that writes them. */
function NoneYet() {
  const { can } = useSession()
  return (
    <Empty
      title={<Trans>No letters yet</Trans>}
      action={
        can('MARKETER') && (
          <Button component={Link} href="/campaigns/new">
            <Trans>Write a campaign with a letter</Trans>
          </Button>
        )
      }
    >
      {can('OWNER') ? (
        <Trans>
          Letters of campaigns will be here, with where each stands. First complete <Link href="/settings/shops">the shop’s letterhead</Link> and choose <Link href="/settings/printers">who prints</Link>; then let a step of a campaign send a letter.
        </Trans>
      ) : (
        <Trans>Letters of campaigns will be here, with where each stands.</Trans>
      )}
    </Empty>
  )
}

function Recipient({ row, open }: { row: Row; open: () => void }) {
  const { t } = useLingui()
  const { name, town } = recipientOf((row.test ?? row.letter)?.recipient)
  if (row.test)
    return (
      <>
        {name}{' '}
        <span className="quiet">{town}</span>
      </>
    )
  return (
    <>
      <button type="button" className={css.recipient} onClick={open}>
        {name || t`not made yet`}
      </button>{' '}
      <span className="quiet">{town}</span>
    </>
  )
}

/** Which campaign wrote it, or that none did. */
function From({ row }: { row: Row }) {
  if (!row.test) return <>{row.campaignName}</>
  return (
    <Badge tone="amber">
      <Trans>Test</Trans>
    </Badge>
  )
}

/** What of either kind stands in the columns. */
function factsOf(row: Row) {
  return row.test ? { ...row.test, madeAt: row.test.orderedAt, scannedAt: null } : row.letter
}

function Cells({ row, open }: { row: Row; open: () => void }) {
  const format = useFormat()
  const l = factsOf(row)
  return (
    <>
      <td className={table.cut}>
        <Recipient row={row} open={open} />
      </td>
      <td className={table.cut}><From row={row} /></td>
      <td className={table.cut}><Stand row={row} /></td>
      <td className={table.right}>{l && format.number(l.pages)}</td>
      <td className={table.right}>{l?.price && <Amount value={l.price} />}</td>
      <td className={table.cut}>{l?.madeAt && <When at={l.madeAt} />}</td>
      <td className={table.cut}>{l?.postedAt && <Day at={l.postedAt} />}</td>
      <td className={table.cut}>{l?.scannedAt && <When at={l.scannedAt} />}</td>
    </>
  )
}

function Card({ row, open }: { row: Row; open: () => void }) {
  const l = factsOf(row)
  return (
    <>
      <span className="one-line">
        <Recipient row={row} open={open} />
      </span>
      <span className={table.end}><Stand row={row} /></span>
      <span className={`${table.minor} one-line`}><From row={row} /></span>
      <span className={`${table.minor} ${table.end}`}>{l?.price && <Amount value={l.price} />}</span>
      <span className={`${table.minor} one-line`}>
        {l?.scannedAt && (
          <Trans>
            scanned <When at={l.scannedAt} />
          </Trans>
        )}
      </span>
      <span className={`${table.minor} ${table.end}`}>{l?.postedAt ? <Day at={l.postedAt} /> : l?.madeAt && <When at={l.madeAt} />}</span>
    </>
  )
}

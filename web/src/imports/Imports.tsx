import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { tellSignedOut } from '../api/signedOut'
import { ImportsDocument } from '../gql/graphql'
import { Page } from '../ui/Page'
import { Panel } from '../ui/Panel'
import { type Refusal, RefusalText } from '../ui/Form'
import { When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import css from './Import.module.css'
import { CountsText, StateBadge } from './words'

/** Spreadsheets that were imported, and the way to another one. */
export default function Imports() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: ImportsDocument, requestPolicy: 'cache-and-network' })
  const list = data?.imports ?? []
  return (
    <Page title={t`Import`} actions={<Choose />}>
      {!data && (error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={5} />)}
      {data && list.length === 0 && (
        <Empty title={<Trans>Nothing was imported yet</Trans>}>
          <Trans>Choose a CSV file or an Excel workbook with customers or orders, of at most a million rows. You see what it would change before anything is changed.</Trans>
        </Empty>
      )}
      {list.length > 0 && (
        <Panel title={<Trans>Imports</Trans>} flush>
          <ul className={css.list} aria-label={t`Imports`}>
            {list.map((i) => (
              <li key={i.id}>
                <span className={css.name}>
                  <Link href={`/customers/import/${i.id}`}>{i.fileName}</Link> <span className="quiet">{i.list}</span>
                </span>
                <CountsText counts={i.counts} />
                <When at={i.createdAt} />
                <StateBadge state={i.state} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Page>
  )
}

function Choose() {
  const { t } = useLingui()
  const [, go] = useLocation()
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  async function send(file: File) {
    setBusy(true)
    setRefusal(null)
    try {
      const response = await fetch(`/imports?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, credentials: 'same-origin' })
      if (response.status === 401) tellSignedOut()
      const answer = await response.json()
      if (answer.id) go(`/customers/import/${answer.id}`)
      else setRefusal(answer.errors?.[0] ?? { code: 'INTERNAL', field: null, message: '' })
    } catch {
      setRefusal({ code: 'UNREACHABLE', field: null, message: '' })
    }
    setBusy(false)
  }
  return (
    <>
      {refusal && (
        <span role="alert">
          <RefusalText refusal={refusal} />
        </span>
      )}
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,.xlsx"
        className="hidden-text"
        tabIndex={-1}
        aria-label={t`Spreadsheet`}
        onChange={(e) => {
          const file = e.currentTarget.files?.[0]
          e.currentTarget.value = ''
          if (file) send(file)
        }}
      />
      <Button leftSection={<Upload size={14} aria-hidden />} loading={busy} onClick={() => input.current?.click()}>
        <Trans>Choose a file</Trans>
      </Button>
    </>
  )
}

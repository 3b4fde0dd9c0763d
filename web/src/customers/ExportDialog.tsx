import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Checkbox, Modal, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { type ConsentChannel, type ExportColumn, ExportsDocument, ExportStartDocument, type ProfileFilter } from '../gql/graphql'
import { remember, remembered } from '../lib/storage'
import { Form, refusalOf } from '../ui/Form'
import css from './Exports.module.css'
import { FileForm, useFileForm } from './FileForm'
import { PastExports } from './PastExports'

const furtherColumns: ExportColumn[] = ['COMPANY', 'LANGUAGE', 'GROUP', 'LABELS', 'ORDERS', 'SPENT', 'LAST_ORDER']

type Props = { filter: ProfileFilter | undefined; asSegment: boolean; ids?: string[] | null; close: () => void }

/** Takes a list out of the house: what is chosen, what is being written, and the files that are there. */
export default function ExportDialog({ filter, asSegment, ids = null, close }: Props) {
  const { t } = useLingui()
  const names = useColumnTitles()
  const form = useFileForm()
  const [optedIn, setOptedIn] = useState<ConsentChannel | ''>('')
  const [columns, setColumns] = useState<ExportColumn[]>(() => furtherColumns.filter((c) => (remembered('export') ?? '').split(',').includes(c)))
  const [, start] = useMutation(ExportStartDocument)
  const [{ data }, ask] = useQuery({ query: ExportsDocument, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })

  async function submit() {
    remember('export', columns.join(','))
    const input = { ...form[0], filter: filter ?? null, ids, asSegment, optedIn: optedIn || null, columns }
    const answer = await start({ input })
    reload()
    return refusalOf(answer.data?.exportStart, answer.error)
  }

  return (
    <Modal opened onClose={close} size="lg" title={t`Export customers`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form wide save={<Trans>Export</Trans>} cancel={close} submit={submit}>
        {() => (
          <>
            <p className="quiet">
              {ids ? <Plural value={ids.length} one="The person chosen, in one row." other="The # people chosen, one row per person." /> : filter ? <Trans>Everybody who matches the filter, one row per person.</Trans> : <Trans>All customers, one row per person.</Trans>}{' '}
              <Trans>The export is noted in the audit trail. The file is kept for seven days.</Trans>
            </p>
            <div className={css.choices}>
              <FileForm form={form}>
                <NativeSelect
                  label={t`People`}
                  value={optedIn}
                  data={[
                    { value: '', label: t`All of them` },
                    { value: 'EMAIL', label: t`Who opted in to e-mail` },
                    { value: 'LETTER', label: t`Who opted in to letters` },
                    { value: 'SMS', label: t`Who opted in to SMS` },
                  ]}
                  onChange={(e) => setOptedIn(e.currentTarget.value as ConsentChannel | '')}
                />
              </FileForm>
            </div>
            {optedIn && (
              <p className="quiet">
                <Trans>
                  Only who said yes in every shop where they said something, with the address to write to. Whoever objected is left out, and so are addresses that bounced or that a letter came back from.
                </Trans>
              </p>
            )}
            <Checkbox.Group label={t`Further columns`} value={columns} onChange={(values) => setColumns(furtherColumns.filter((c) => values.includes(c)))}>
              <div className={css.columns}>
                {furtherColumns.map((c) => (
                  <Checkbox key={c} size="xs" value={c} label={names[c]} />
                ))}
              </div>
            </Checkbox.Group>
          </>
        )}
      </Form>
      {data && data.exports.length > 0 && <PastExports list={data.exports} reload={reload} />}
    </Modal>
  )
}

function useColumnTitles(): Record<ExportColumn, string> {
  const { t } = useLingui()
  return {
    COMPANY: t`Company`,
    LANGUAGE: t`Language`,
    GROUP: t`Group`,
    LABELS: t`Labels`,
    ORDERS: t`Orders`,
    SPENT: t`Spent`,
    LAST_ORDER: t`Last order`,
  }
}

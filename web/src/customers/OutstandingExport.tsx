import { Trans, useLingui } from '@lingui/react/macro'
import { Modal } from '@mantine/core'
import { useMutation, useQuery } from 'urql'
import { ExportOutstandingDocument, ExportsDocument } from '../gql/graphql'
import { Form, refusalOf } from '../ui/Form'
import css from './Exports.module.css'
import { FileForm, useFileForm } from './FileForm'
import { PastExports } from './PastExports'

/** Takes the outstanding amounts out of the house. */
export default function OutstandingExport({ overdue, close }: { overdue: boolean; close: () => void }) {
  const { t } = useLingui()
  const form = useFileForm()
  const [, start] = useMutation(ExportOutstandingDocument)
  const [{ data }, ask] = useQuery({ query: ExportsDocument, requestPolicy: 'cache-and-network' })
  const reload = () => ask({ requestPolicy: 'network-only' })

  async function submit() {
    const answer = await start({ input: { ...form[0], overdue } })
    reload()
    return refusalOf(answer.data?.exportOutstanding, answer.error)
  }

  return (
    <Modal opened onClose={close} size="lg" title={t`Export outstanding amounts`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form wide save={<Trans>Export</Trans>} cancel={close} submit={submit}>
        {() => (
          <>
            <p className="quiet">
              {overdue ? <Trans>Business customers who are over their payment delay, one row per customer and currency.</Trans> : <Trans>All business customers with unpaid orders, one row per customer and currency.</Trans>}{' '}
              <Trans>The export is noted in the audit trail. The file is kept for seven days.</Trans>
            </p>
            <div className={css.choices}>
              <FileForm form={form} />
            </div>
          </>
        )}
      </Form>
      {data && data.exports.length > 0 && <PastExports list={data.exports} reload={reload} />}
    </Modal>
  )
}

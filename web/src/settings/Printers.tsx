import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { Ellipsis, Plus, TriangleAlert } from 'lucide-react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { PrinterRemoveDocument, PrintersDocument, type PrintersQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { usePrinterKindName } from '../letters/words'
import { Confirm, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy } from '../ui/parts'
import { Said } from '../ui/said'
import { Empty, Failure, Skeleton } from '../ui/states'
import { PrinterDialog } from './PrinterDialog'
import css from './Printers.module.css'
import list from './Settings.module.css'

export type Printer = PrintersQuery['printers'][number]

/** Who prints letters and posts them. */
export default function Printers() {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: PrintersDocument, requestPolicy: 'cache-and-network' })
  const [opened, open, close] = useOpened('printer')
  const [removing, remove, stopRemoving] = useOpened('remove')
  const [, takeAway] = useMutation(PrinterRemoveDocument)
  const reload = () => ask({ requestPolicy: 'network-only' })
  const printers = data?.printers ?? []
  const changed = printers.find((p) => p.id === opened)
  const gone = printers.find((p) => p.id === removing)
  return (
    <Panel
      title={<Trans>Printers</Trans>}
      flush
      action={
        <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => open('new')}>
          <Trans>Add a printer</Trans>
        </Button>
      }
    >
      {!data && (error && !fetching ? <Failure error={error} retry={reload} /> : <Skeleton rows={3} />)}
      {data && printers.length === 0 && (
        <Empty title={<Trans>Nobody prints yet</Trans>}>
          <Trans>Add yourself to print letters in batches without a contract, or a provider that prints and posts them for you.</Trans>
        </Empty>
      )}
      <ul className={list.rows} aria-label={t`Printers`}>
        {printers.map((p) => (
          <Row key={p.id} printer={p} change={() => open(p.id)} remove={() => remove(p.id)} />
        ))}
      </ul>
      {(opened === 'new' || changed) && <PrinterDialog key={opened} printer={changed ?? null} close={close} done={reload} />}
      {gone && (
        <Confirm
          title={t`Remove ${gone.name}`}
          verb={<Trans>Remove</Trans>}
          close={stopRemoving}
          act={async () => {
            const answer = await takeAway({ id: gone.id })
            if (toldRefusal(answer.data?.printerRemove, answer.error)) return
            tell(<Trans>{gone.name} is removed.</Trans>)
            reload()
          }}
        >
          <p>
            <Trans>No new letters go there, and its credentials are deleted. Letters that it has already go on.</Trans>
          </p>
        </Confirm>
      )}
    </Panel>
  )
}

function Row({ printer: p, change, remove }: { printer: Printer; change: () => void; remove: () => void }) {
  const { t } = useLingui()
  const kinds = usePrinterKindName()
  return (
    <li>
      <span className={list.main}>
        <span className={list.name}>{p.name}</span>
        <span className={`${list.minor} ${css.facts}`}>
          <span>{kinds[p.kind]}</span>
          <Facts printer={p} />
        </span>
      </span>
      {p.waiting > 0 && (
        <Badge tone="teal">
          <Plural value={p.waiting} one="# letter waits" other="# letters wait" />
        </Badge>
      )}
      {p.kind !== 'HAND' && !p.contractOn && (
        <Badge tone="amber" icon={<TriangleAlert size={12} aria-hidden />} title={t`A provider gets nothing without the date of your data processing agreement.`}>
          <Trans>no agreement</Trans>
        </Badge>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t`More about ${p.name}`}>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={change}>
            <Trans>Change</Trans>
          </Menu.Item>
          <Menu.Item onClick={remove}>
            <Trans>Remove</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {p.message && (
        <p className={css.trouble}>
          <TriangleAlert size={13} aria-hidden />
          <span>
            <Said sentence={p.cause} text={p.message} />
          </span>
        </p>
      )}
      {p.hookPath && <Hook printer={p} />}
    </li>
  )
}

function Facts({ printer: p }: { printer: Printer }) {
  const format = useFormat()
  const country = format.country(p.postsFrom)
  return (
    <>
      <span>
        <Trans>posts from: {country}</Trans>
      </span>
      {p.price && (
        <span>
          <Trans>{format.money(p.price)} a letter</Trans>
        </span>
      )}
      {p.color && (
        <span>
          <Trans>in colour</Trans>
        </span>
      )}
      {p.duplex && (
        <span>
          <Trans>on both sides</Trans>
        </span>
      )}
      {p.contractOn && (
        <span>
          <Trans>agreement of {format.calendarDay(p.contractOn)}</Trans>
        </span>
      )}
    </>
  )
}

/** Where the provider tells its news, and what to do with that. */
function Hook({ printer: p }: { printer: Printer }) {
  const { t } = useLingui()
  const address = new URL(p.hookPath, location.origin).href
  return (
    <div className={css.hook}>
      <Copy value={address} label={t`the address for notifications`}>
        <code>{address}</code>
      </Copy>
      <p>
        {p.kind === 'PINGEN' ? (
          <Trans>Enter this address at Pingen under Webhooks, for “sent”, “delivered”, “undeliverable” and “issues”, so that Relance hears what becomes of each letter.</Trans>
        ) : (
          <Trans>Subscribe this address at Maileva’s notification centre, with basic authentication, the user name “relance” and the password that you enter here.</Trans>
        )}
      </p>
    </div>
  )
}

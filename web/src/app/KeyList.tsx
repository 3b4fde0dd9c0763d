import { useLingui } from '@lingui/react/macro'
import { Modal } from '@mantine/core'
import { useSession } from './session'
import css from './KeyList.module.css'

/** All keys there are. */
export default function KeyList({ close }: { close: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const keys: [string[], string][] = [
    [['/'], t`Search customers`],
    [['g', 'o'], t`Go to the overview`],
    [['g', 'c'], t`Go to customers`],
    [['g', 'r'], t`Go to orders`],
    [['g', 'a'], t`Go to carts`],
    ...(can('MARKETER') ? [[['g', 'm'], t`Go to campaigns`] as [string[], string]] : []),
    ...(can('CLERK') ? [[['g', 'l'], t`Go to letters`] as [string[], string]] : []),
    ...(can('CLERK') ? [[['g', 't'], t`Go to tasks`] as [string[], string]] : []),
    [['g', 's'], t`Go to shops`],
    [['g', 'e'], t`Go to settings`],
    [['j'], t`Next row`],
    [['k'], t`Previous row`],
    [['Enter'], t`Open the row`],
    [['Esc'], t`Back`],
    [['?'], t`This list`],
  ]
  return (
    <Modal opened onClose={close} title={t`Keys`} closeButtonProps={{ 'aria-label': t`Close` }} size="sm">
      <dl className={css.list}>
        {keys.map(([combination, what]) => (
          <div key={what} className={css.row}>
            <dt>{what}</dt>
            <dd>
              {combination.map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Checkbox, Menu, Popover } from '@mantine/core'
import { ArrowDownUp, Bookmark, Columns3, Ellipsis, FileDown, FileUp, HandCoins, IdCard, ListChecks, Plus, UsersRound } from 'lucide-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import {
  CustomerCountDocument,
  type OrderDirection,
  type ProfileOrderField,
  ShopNamesDocument,
} from '../gql/graphql'
import { useAddress, useOpened } from '../lib/address'
import { type Filter, filterInput, readFilter, writeFilter } from '../lib/filter'
import { forgetPages } from '../lib/pages'
import { remember, remembered } from '../lib/storage'
import { Page } from '../ui/Page'
import { SearchWords } from '../ui/SearchWords'
import { ShopSelect } from '../ui/ShopSelect'
import { Empty } from '../ui/states'
import { CustomerList } from './CustomerList'
import css from './Customers.module.css'
import { type Chosen, nobody } from './chosen'
import { type Column, columns, readColumns, useColumnNames, usualColumns } from './columns'
import { FilterBar } from './FilterBar'

const BulkBar = lazy(() => import('./BulkBar'))
const BulkRunsDialog = lazy(() => import('./BulkRuns'))
const SaveSegment = lazy(() => import('./SaveSegment'))
const ExportDialog = lazy(() => import('./ExportDialog'))
const NewPerson = lazy(() => import('../customer/NewPerson'))

const sorts: ProfileOrderField[] = ['LAST_ADMIN_CHANGE', 'NAME', 'CREATED', 'LAST_ORDER', 'SPENT']

/** All people of the merchant, found and sorted. The address holds all of what is shown. */
export default function Customers() {
  const { t } = useLingui()
  const { merchant, can } = useSession()
  const [address, change] = useAddress()
  const [{ data: shopData }] = useQuery({ query: ShopNamesDocument })
  const shops = shopData?.shops ?? []

  const search = address.get('q') ?? ''
  const shop = address.get('shop')
  const filterText = address.get('f')
  const filter = useMemo(() => readFilter(filterText), [filterText])
  const sort = sorts.find((s) => s === address.get('sort')) ?? 'LAST_ADMIN_CHANGE'
  const direction: OrderDirection = address.get('dir') === 'desc' ? 'DESC' : 'ASC'
  const shown = readColumns(address.get('columns')) ?? readColumns(remembered('columns')) ?? usualColumns
  const input = useMemo(() => (filter ? filterInput(filter, search, shop) : undefined), [filter, search, shop])

  // Opened from a segment: the same people as it counts.
  const asSegment = address.get('as') === 'segment'

  // Ticks belong to what was asked for: another filter begins with nobody.
  const asked = JSON.stringify([input ?? null, asSegment])
  const [ticks, setTicks] = useState({ asked, chosen: nobody })
  const chosen = ticks.asked === asked ? ticks.chosen : nobody
  const setChosen = (next: Chosen) => setTicks({ asked, chosen: next })
  const [version, setVersion] = useState(0)
  function changedMany() {
    forgetPages()
    setVersion((v) => v + 1)
  }
  const [lookingBack, lookBack, stopLookingBack] = useOpened('bulk')

  const [saving, save, stopSaving] = useOpened('save')
  const [adding, add, stopAdding] = useOpened('new')
  const [exporting, startExport, stopExporting] = useOpened('export')

  function setSort(field: ProfileOrderField, dir: OrderDirection) {
    change({ sort: field === 'LAST_ADMIN_CHANGE' ? null : field, dir: dir === 'DESC' ? 'desc' : null, after: null })
  }

  function setColumns(next: Column[]) {
    remember('columns', next.join(','))
    change({ columns: next.join(',') })
  }

  return (
    <Page
      fill
      title={t`Customers`}
      sentence={filter && <Count filter={input} asSegment={asSegment} showAll={() => change({ as: null, after: null })} />}
      actions={
        <>
          <ShopSelect shop={shop} change={(id) => change({ shop: id, after: null })} />
          {filter && can('MARKETER') && (
            <Button variant="default" leftSection={<FileDown size={14} aria-hidden />} onClick={() => startExport('list')}>
              <Trans>Export</Trans>
            </Button>
          )}
          <MoreLists lookBack={() => lookBack('list')} />
          {can('CLERK') && (
            <Button leftSection={<Plus size={14} aria-hidden />} onClick={() => add('customer')}>
              <Trans>New customer</Trans>
            </Button>
          )}
        </>
      }
    >
      <div className={css.controls}>
        <SearchWords name={t`Search in this list`} words={search} change={(q) => change({ q: q || null, after: null })} />
        {filter && (
          <FilterBar
            filter={filter}
            shops={shops}
            currency={merchant.mainCurrency}
            change={(f: Filter) => change({ f: writeFilter(f), after: null })}
          />
        )}
        {input && can('MARKETER') && (
          <Button variant="subtle" leftSection={<Bookmark size={14} aria-hidden />} onClick={() => save('segment')}>
            <Trans>Save as segment</Trans>
          </Button>
        )}
        <div className={css.view}>
          <SortMenu sort={sort} direction={direction} change={setSort} />
          <ColumnMenu shown={shown} change={setColumns} />
        </div>
      </div>
      {adding !== null && (
        <Suspense>
          <NewPerson close={stopAdding} />
        </Suspense>
      )}
      {filter && (chosen.all || chosen.ids.size > 0) && (
        <Suspense>
          <BulkBar chosen={chosen} filter={input} asSegment={asSegment} choose={(next) => setChosen(next ?? nobody)} done={changedMany} />
        </Suspense>
      )}
      {filter ? (
        <CustomerList
          chosen={can('CLERK') ? chosen : undefined}
          setChosen={setChosen}
          version={version}
          filter={input}
          asSegment={asSegment}
          order={{ field: sort, direction }}
          columns={shown}
          start={address.get('after')}
          setStart={(after) => change({ after })}
          setSort={setSort}
          clear={() => change({ q: null, f: null, shop: null, as: null, after: null })}
        />
      ) : (
        <Empty
          title={<Trans>The filter in this address cannot be read</Trans>}
          action={
            <Button variant="default" onClick={() => change({ f: null })}>
              <Trans>Show all customers</Trans>
            </Button>
          }
        >
          <Trans>The address may have been cut off when it was copied.</Trans>
        </Empty>
      )}
      {exporting !== null && filter && can('MARKETER') && (
        <Suspense>
          <ExportDialog filter={input} asSegment={asSegment} close={stopExporting} />
        </Suspense>
      )}
      {lookingBack !== null && can('CLERK') && (
        <Suspense>
          <BulkRunsDialog close={stopLookingBack} changed={changedMany} />
        </Suspense>
      )}
      {saving !== null && input && can('MARKETER') && (
        <Suspense>
          <SaveSegment filter={input} close={stopSaving} />
        </Suspense>
      )}
    </Page>
  )
}

function Count({ filter, asSegment, showAll }: { filter: ReturnType<typeof filterInput>; asSegment: boolean; showAll: () => void }) {
  const [{ data, stale, fetching }] = useQuery({
    query: CustomerCountDocument,
    variables: { filter, asSegment },
    requestPolicy: 'cache-and-network',
  })
  if (!data) return null
  return (
    <span className="figures" style={fetching && !stale ? { opacity: 0.6 } : undefined} data-testid="count">
      {filter ? (
        <Plural value={data.profiles.totalCount} one="# customer matches" other="# customers match" />
      ) : (
        <Plural value={data.profiles.totalCount} one="# person over all shops" other="# people over all shops" />
      )}
      {data.profiles.leftOut > 0 && (
        <>
          {' · '}
          <Plural
            value={data.profiles.leftOut}
            one="# is left out: this person objected to profiling, and the segment goes by what people buy"
            other="# are left out: they objected to profiling, and the segment goes by what people buy"
          />{' '}
          <Button variant="subtle" size="compact-xs" onClick={showAll}>
            <Trans>Show everybody who matches</Trans>
          </Button>
        </>
      )}
    </span>
  )
}

function SortMenu({
  sort,
  direction,
  change,
}: {
  sort: ProfileOrderField
  direction: OrderDirection
  change: (sort: ProfileOrderField, direction: OrderDirection) => void
}) {
  const { t } = useLingui()
  const choices: { field: ProfileOrderField; direction: OrderDirection; name: string }[] = [
    { field: 'LAST_ADMIN_CHANGE', direction: 'ASC', name: t`Last changed, newest last` },
    { field: 'LAST_ADMIN_CHANGE', direction: 'DESC', name: t`Last changed, newest first` },
    { field: 'NAME', direction: 'ASC', name: t`Name, A to Z` },
    { field: 'NAME', direction: 'DESC', name: t`Name, Z to A` },
    { field: 'SPENT', direction: 'DESC', name: t`Spent, most first` },
    { field: 'SPENT', direction: 'ASC', name: t`Spent, least first` },
    { field: 'LAST_ORDER', direction: 'DESC', name: t`Last order, newest first` },
    { field: 'LAST_ORDER', direction: 'ASC', name: t`Last order, oldest first` },
    { field: 'CREATED', direction: 'DESC', name: t`Customer since, newest first` },
    { field: 'CREATED', direction: 'ASC', name: t`Customer since, oldest first` },
  ]
  const now = choices.find((c) => c.field === sort && c.direction === direction)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<ArrowDownUp size={14} aria-hidden />}
          aria-label={t`Sort: ${now?.name}`}
        >
          {now?.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={`${sort} ${direction}`}
          onChange={(value) => {
            const [field, dir] = value.split(' ')
            change(field as ProfileOrderField, dir as OrderDirection)
          }}
        >
          {choices.map((c) => (
            <Menu.RadioItem key={c.name} value={`${c.field} ${c.direction}`} closeMenuOnClick>
              {c.name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

function ColumnMenu({ shown, change }: { shown: Column[]; change: (columns: Column[]) => void }) {
  const names = useColumnNames()
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" leftSection={<Columns3 size={14} aria-hidden />} className={css.wideOnly}>
          <Trans>Columns</Trans>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css.columns}>
          {columns.map((c) => (
            <Checkbox
              key={c}
              size="xs"
              label={names[c]}
              checked={shown.includes(c)}
              onChange={(e) => change(columns.filter((other) => (other === c ? e.currentTarget.checked : shown.includes(other))))}
            />
          ))}
          <Button variant="subtle" onClick={() => change(usualColumns)}>
            <Trans>Usual columns</Trans>
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

/** What belongs to customers besides the list. */
function MoreLists({ lookBack }: { lookBack: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t`More`} variant="default" size={30}>
          <Ellipsis size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {can('MARKETER') && (
          <Menu.Item component={Link} href="/customers/import" leftSection={<FileUp size={14} aria-hidden />}>
            <Trans>Import</Trans>
          </Menu.Item>
        )}
        {can('CLERK') && (
          <Menu.Item onClick={lookBack} leftSection={<ListChecks size={14} aria-hidden />}>
            <Trans>Changes of many customers</Trans>
          </Menu.Item>
        )}
        <Menu.Item component={Link} href="/customers/groups" leftSection={<UsersRound size={14} aria-hidden />}>
          <Trans>Groups</Trans>
        </Menu.Item>
        <Menu.Item component={Link} href="/customers/outstanding" leftSection={<HandCoins size={14} aria-hidden />}>
          <Trans>Outstanding amounts</Trans>
        </Menu.Item>
        <Menu.Item component={Link} href="/customers/memberships" leftSection={<IdCard size={14} aria-hidden />}>
          <Trans>Memberships</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

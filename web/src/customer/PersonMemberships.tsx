import { Trans, useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Menu, Modal, NativeSelect, TextInput } from '@mantine/core'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { usePeriods } from '../customers/MembershipTypes'
import {
  EnrolDocument,
  type MembershipStatus,
  type MembershipsFragment,
  MembershipTypesDocument,
  MoveMembershipDocument,
  PersonMembershipsDocument,
  SetMembershipPaidDocument,
} from '../gql/graphql'
import { useFormat } from '../lib/format'
import { forgetPages } from '../lib/pages'
import { today } from '../tasks/TaskList'
import { Form, refusalOf, toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge } from '../ui/parts'
import css from './panels.module.css'

type Membership = MembershipsFragment['memberships'][number]
type Asked = { membership: Membership; to: MembershipStatus }

/** What somebody is a member of, and what was asked and paid for it. */
export default function PersonMemberships({ id }: { id: string }) {
  const { can } = useSession()
  const [{ data }, ask] = useQuery({ query: PersonMembershipsDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const [enrolling, enrol] = useState(false)
  const [asked, move] = useState<Asked | null>(null)
  const memberships = data?.profile?.memberships ?? []
  const reload = () => {
    forgetPages()
    ask({ requestPolicy: 'network-only' })
  }
  return (
    <Panel
      title={<Trans>Memberships</Trans>}
      action={
        can('CLERK') && (
          <Button variant="subtle" size="compact-xs" onClick={() => enrol(true)}>
            <Trans>Enrol</Trans>
          </Button>
        )
      }
    >
      {memberships.length === 0 && (
        <span className="quiet">
          <Trans>No memberships.</Trans>
        </span>
      )}
      <ul className={css.changes}>
        {memberships.map((m) => (
          <li key={m.id}>
            <One membership={m} move={(to) => move({ membership: m, to })} reload={reload} />
          </li>
        ))}
      </ul>
      {enrolling && <EnrolDialog id={id} close={() => enrol(false)} done={reload} />}
      {asked && <MoveDialog asked={asked} close={() => move(null)} done={reload} />}
    </Panel>
  )
}

function One({ membership: m, move, reload }: { membership: Membership; move: (to: MembershipStatus) => void; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const periods = usePeriods()
  const states: Record<MembershipStatus, string> = { ACTIVE: t`active`, PAUSED: t`paused`, ENDED: t`ended` }
  const name = m.rate ? `${m.type} · ${m.rate}` : m.type
  return (
    <>
      <b>{name}</b>
      <Badge tone={m.status === 'ACTIVE' ? 'green' : m.status === 'PAUSED' ? 'amber' : 'grey'}>{states[m.status]}</Badge>
      {can('CLERK') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" size="sm" aria-label={t`More: ${name}`}>
              <Ellipsis size={14} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {m.status === 'ACTIVE' && (
              <Menu.Item onClick={() => move('PAUSED')}>
                <Trans>Pause</Trans>
              </Menu.Item>
            )}
            {m.status !== 'ACTIVE' && (
              <Menu.Item onClick={() => move('ACTIVE')}>
                <Trans>Resume</Trans>
              </Menu.Item>
            )}
            {m.status !== 'ENDED' && (
              <Menu.Item onClick={() => move('ENDED')}>
                <Trans>End</Trans>
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <span className={css.small}>
        <Trans>since {format.day(m.since)}</Trans>
        {Number(m.price.amount) > 0 && ` · ${format.money(m.price)} ${periods[m.period]}`}
        {m.status !== 'ENDED' && m.endsOn && (
          <>
            {' · '}
            <Trans>ends on {format.calendarDay(m.endsOn)}</Trans>
          </>
        )}
        {m.resumesOn && (
          <>
            {' · '}
            <Trans>resumes on {format.calendarDay(m.resumesOn)}</Trans>
          </>
        )}
      </span>
      <Payments membership={m} reload={reload} />
    </>
  )
}

function Payments({ membership: m, reload }: { membership: Membership; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const format = useFormat()
  const [, setPaid] = useMutation(SetMembershipPaidDocument)
  async function mark(dueOn: string, paidOn: string | null, before: string | null) {
    const { data, error } = await setPaid({ id: m.id, dueOn, paidOn })
    if (toldRefusal(data?.setMembershipPaid, error)) return
    tell(<Trans>Saved.</Trans>, () => mark(dueOn, before, paidOn))
    reload()
  }
  return (
    <>
      {m.payments.slice(0, 6).map((p) => (
        <span key={p.dueOn} className={css.small}>
          {format.money(p.amount)} · {p.paidOn ? <Trans>paid on {format.calendarDay(p.paidOn)}</Trans> : <Trans>due {format.calendarDay(p.dueOn)}</Trans>}{' '}
          {can('CLERK') && (
            <Button
              variant="subtle"
              size="compact-xs"
              aria-label={p.paidOn ? t`Not paid: ${format.calendarDay(p.dueOn)}` : t`Paid: ${format.calendarDay(p.dueOn)}`}
              onClick={() => mark(p.dueOn, p.paidOn ? null : today(), p.paidOn ?? null)}
            >
              {p.paidOn ? <Trans>Not paid</Trans> : <Trans>Paid</Trans>}
            </Button>
          )}
        </span>
      ))}
    </>
  )
}

function EnrolDialog({ id, close, done }: { id: string; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const periods = usePeriods()
  const [{ data }] = useQuery({ query: MembershipTypesDocument, requestPolicy: 'cache-and-network' })
  const types = data?.membershipTypes ?? []
  const [type, setType] = useState('')
  const [since, setSince] = useState(today())
  const [endsOn, setEndsOn] = useState('')
  const [, enrol] = useMutation(EnrolDocument)
  const chosen = type || types[0]?.id || ''
  return (
    <Modal opened onClose={close} title={t`Enrol`} closeButtonProps={{ 'aria-label': t`Close` }}>
      {data && types.length === 0 ? (
        <p>
          <Trans>
            There is nothing to be a member of yet. <Link href="/customers/memberships">Add a membership</Link> first.
          </Trans>
        </p>
      ) : (
        <Form
          fields={['since', 'endsOn']}
          cancel={close}
          save={<Trans>Enrol</Trans>}
          submit={async () => {
            const { data, error } = await enrol({ profile: id, type: chosen, since, endsOn: endsOn || null })
            const refusal = refusalOf(data?.enrol, error)
            if (refusal) return refusal
            tell(<Trans>Saved.</Trans>)
            close()
            done()
            return null
          }}
        >
          {(errorOf) => (
            <>
              <NativeSelect
                label={t`Membership`}
                value={chosen}
                data={types.map((x) => ({
                  value: x.id,
                  label: `${x.rate ? `${x.name} · ${x.rate}` : x.name} (${format.money({ amount: x.price, currencyCode: x.currency })} ${periods[x.period]})`,
                }))}
                onChange={(e) => setType(e.currentTarget.value)}
              />
              <TextInput type="date" required label={t`Since`} value={since} error={errorOf('since')} onChange={(e) => setSince(e.currentTarget.value)} />
              <TextInput
                type="date"
                label={t`Ends on`}
                description={t`The first day on which it holds no more; empty: open.`}
                value={endsOn}
                error={errorOf('endsOn')}
                onChange={(e) => setEndsOn(e.currentTarget.value)}
              />
            </>
          )}
        </Form>
      )}
    </Modal>
  )
}

function MoveDialog({ asked, close, done }: { asked: Asked; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [on, setOn] = useState('')
  const [, move] = useMutation(MoveMembershipDocument)
  const titles: Record<MembershipStatus, string> = { PAUSED: t`Pause`, ACTIVE: t`Resume`, ENDED: t`End` }
  const labels: Record<MembershipStatus, string> = { PAUSED: t`Resumes by itself on`, ACTIVE: t`Ends on`, ENDED: t`Ends on` }
  const helps: Record<MembershipStatus, string> = {
    PAUSED: t`Empty: until somebody resumes it. Nothing is asked for the time of a rest.`,
    ACTIVE: t`The first day on which it holds no more; empty: open.`,
    ENDED: t`Empty: today.`,
  }
  return (
    <Modal opened onClose={close} title={`${titles[asked.to]}: ${asked.membership.type}`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
        fields={['on']}
        cancel={close}
        save={titles[asked.to]}
        submit={async () => {
          const { data, error } = await move({ id: asked.membership.id, to: asked.to, on: on || null })
          const refusal = refusalOf(data?.moveMembership, error)
          if (refusal) return refusal
          tell(<Trans>Saved.</Trans>)
          close()
          done()
          return null
        }}
      >
        {(errorOf) => <TextInput type="date" data-autofocus label={labels[asked.to]} description={helps[asked.to]} value={on} error={errorOf('on')} onChange={(e) => setOn(e.currentTarget.value)} />}
      </Form>
    </Modal>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Circle, CircleCheck, X } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { FirstStepsDocument, SenderStepDocument } from '../gql/graphql'
import { lookedAt } from '../lib/looked'
import { remember, remembered } from '../lib/storage'
import css from './Checklist.module.css'

/** What to do in the first hour. It goes when all is done, or when somebody does not want it. */
export function Checklist() {
  const { t } = useLingui()
  const { can } = useSession()
  const [hidden, setHidden] = useState(remembered('checklist') === 'hidden')
  const owner = can('OWNER')
  const [{ data }] = useQuery({ query: FirstStepsDocument, pause: hidden || !owner, requestPolicy: 'cache-and-network' })
  const sender = data?.shops.find((s) => s.settings.senderEmail)
  const [{ data: looked }] = useQuery({
    query: SenderStepDocument,
    variables: { shopId: sender?.id ?? '' },
    pause: hidden || !owner || !sender,
  })
  if (!data || hidden || !owner) return null
  const { shops, users } = data
  const customers = lookedAt()
  const first = shops[0]
  const steps = [
    { done: shops.length > 0, text: t`Connect a shop`, href: '/shops?connect=shop' },
    { done: shops.some((s) => s.lastSyncedAt), text: t`Let the first pull end`, href: first ? `/shops/${first.id}` : '/shops' },
    {
      done: customers >= 3,
      text: t`Look at three customers (${Math.min(customers, 3)} of 3)`,
      href: '/customers?sort=SPENT&dir=desc',
    },
    { done: shops.some((s) => s.settings.legalEntity), text: t`Enter your legal entity`, href: '/settings/shops' },
    {
      done: sender !== undefined && looked?.senderCheck?.level !== 'FAULT',
      text: sender ? t`Mend what keeps mail from arriving` : t`Enter a sender address`,
      href: sender ? `/settings/shops?shop=${sender.id}#sender` : '/settings/shops#sender',
    },
    { done: users.length > 1, text: t`Invite somebody`, href: '/settings/users' },
  ]
  if (steps.every((s) => s.done)) return null
  const next = steps.findIndex((s) => !s.done)
  return (
    <section className={css.list} aria-label={t`First steps`}>
      <h2 className={css.title}>
        <Trans>First steps</Trans>
      </h2>
      <ol className={css.steps}>
        {steps.map((s, i) => (
          <li key={s.href} className={css.step} data-done={s.done || undefined} data-next={i === next || undefined}>
            {s.done ? <CircleCheck size={16} aria-label={t`done`} /> : <Circle size={16} aria-hidden />}
            {s.done ? <span>{s.text}</span> : <Link href={s.href}>{s.text}</Link>}
          </li>
        ))}
      </ol>
      <button
        type="button"
        className={css.hide}
        aria-label={t`Hide the first steps`}
        onClick={() => {
          remember('checklist', 'hidden')
          setHidden(true)
        }}
      >
        <X size={14} aria-hidden />
      </button>
    </section>
  )
}

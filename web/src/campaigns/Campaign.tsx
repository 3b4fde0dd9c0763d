import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { ArrowLeft, Pencil } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { CampaignDocument, type CampaignQuery, SegmentNamesDocument, ShopNamesDocument } from '../gql/graphql'
import { useSession } from '../app/session'
import { useConditionText } from '../customers/conditions'
import { fromInput } from '../lib/filterBack'
import { isZero } from '../lib/decimal'
import { useFormat } from '../lib/format'
import { isId } from '../lib/link'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Figure, Figures, Panel } from '../ui/Panel'
import { When } from '../ui/parts'
import { Empty, Failure, Skeleton } from '../ui/states'
import { CampaignActs } from './acts'
import { Approvals } from './Approvals'
import { Backtest } from './Backtest'
import css from './Campaign.module.css'
import list from './Campaigns.module.css'
import { Days } from './Days'
import { FollowUps } from './FollowUps'
import { Preview } from './Preview'
import { Refusals } from './Refusals'
import { SendingSwitch } from './SendingSwitch'
import { TryIt } from './TryIt'
import { CampaignBadge, EventText, useStepText } from './words'

const Results = lazy(() => import('./Results'))
const Versions = lazy(() => import('./Versions'))

export type Whole = NonNullable<CampaignQuery['campaign']>

/** One campaign: what it did, why people got nothing, who would get something now, and its messages. */
export default function Campaign({ id, part }: { id: string; part?: 'results' | 'versions' }) {
  const { t } = useLingui()
  const [{ data, error, fetching }, ask] = useQuery({ query: CampaignDocument, variables: { id }, requestPolicy: 'cache-and-network', pause: !isId(id) })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const back = (
    <Link href="/campaigns" className={pageCss.back} aria-label={t`Back to campaigns`}>
      <ArrowLeft size={16} aria-hidden />
    </Link>
  )
  const campaign = data?.campaign
  if (!campaign) {
    return (
      <Page title={t`Campaign`} back={back}>
        {!isId(id) || (data && !fetching) ? (
          <Empty title={<Trans>Nothing has this id</Trans>}>
            <Trans>It does not exist, or you may not see it.</Trans>
          </Empty>
        ) : error && !fetching ? (
          <Failure error={error} retry={reload} />
        ) : (
          <Skeleton rows={10} />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={campaign.name}
      back={back}
      sentence={
        <span className={css.sentence}>
          <CampaignBadge state={campaign.state} />
          <Since campaign={campaign} />
        </span>
      }
      actions={
        <CampaignActs
          campaign={campaign}
          done={reload}
          extra={
            campaign.state !== 'ENDED' && (
              <Button component={Link} href={`/campaigns/${id}/edit`} variant="default" size="compact-xs" leftSection={<Pencil size={12} aria-hidden />}>
                <Trans>Edit</Trans>
              </Button>
            )
          }
        />
      }
    >
      <Parts id={id} />
      {part === 'results' ? (
        <Suspense fallback={<Skeleton rows={10} />}>
          <Results campaign={campaign} />
        </Suspense>
      ) : part === 'versions' ? (
        <Suspense fallback={<Skeleton rows={10} />}>
          <Versions campaign={campaign} changed={reload} />
        </Suspense>
      ) : (
        <Now campaign={campaign} reload={reload} />
      )}
    </Page>
  )
}

/** What goes on, what it brought, and what it was. */
function Parts({ id }: { id: string }) {
  const { t } = useLingui()
  const [location] = useLocation()
  const here = (href: string) => (location === href ? 'page' : undefined)
  return (
    <nav className={list.parts} aria-label={t`Campaign`}>
      <Link href={`/campaigns/${id}`} aria-current={here(`/campaigns/${id}`)}>
        <Trans>What goes on</Trans>
      </Link>
      <Link href={`/campaigns/${id}/results`} aria-current={here(`/campaigns/${id}/results`)}>
        <Trans>Results</Trans>
      </Link>
      <Link href={`/campaigns/${id}/versions`} aria-current={here(`/campaigns/${id}/versions`)}>
        <Trans>Versions</Trans>
      </Link>
    </nav>
  )
}

function Now({ campaign, reload }: { campaign: Whole; reload: () => void }) {
  const { can } = useSession()
  return (
    <>
      <SendingSwitch />
      <Numbers campaign={campaign} />
      <div className={css.columns}>
        <div className={css.column}>
          {campaign.numbers.held > 0 && <Approvals id={campaign.id} held={campaign.numbers.held} done={reload} />}
          <Plan campaign={campaign} />
          <Days id={campaign.id} />
          <FollowUps key={campaign.numbers.held} campaign={campaign} changed={reload} />
        </div>
        <div className={css.column}>
          <Preview id={campaign.id} steps={campaign.steps} />
          <Backtest id={campaign.id} steps={campaign.steps} />
          {can('MARKETER') && <TryIt id={campaign.id} steps={campaign.steps} shopIds={campaign.trigger.shopIds} />}
          <Panel title={<Trans>Why people got nothing</Trans>}>
            <Refusals list={campaign.refusals} none={<Trans>Nobody was refused so far.</Trans>} />
          </Panel>
        </div>
      </div>
    </>
  )
}

function Since({ campaign: { startedAt, endedAt } }: { campaign: Whole }) {
  if (endedAt) {
    return (
      <Trans>
        ended <When at={endedAt} />
      </Trans>
    )
  }
  if (!startedAt) return <Trans>never started</Trans>
  return (
    <Trans>
      started <When at={startedAt} />
    </Trans>
  )
}

function Numbers({ campaign: { id, numbers: n } }: { campaign: Whole }) {
  const { t } = useLingui()
  const format = useFormat()
  const of = (state: string) => `/campaigns/${id}?state=${state}`
  return (
    <Figures>
      <Figure name={t`Entered`} help={t`Events that began a way through the campaign, the holdout included.`}>
        {format.number(n.entered)}
      </Figure>
      <Figure name={t`Holdout`} help={t`Of those who entered, kept aside to compare with.`}>
        {format.number(n.heldOut)}
      </Figure>
      <Figure name={t`Sent`} help={t`Messages that the mail relay or the printer took.`} href={of('SENT')}>
        {format.number(n.sent)}
      </Figure>
      <Figure name={t`Redeemed`} help={t`Of the vouchers made, those that an order used.`}>
        {format.number(n.redeemed)}
        <small className={css.also}>
          <Trans>of {format.number(n.vouchers)}</Trans>
        </small>
      </Figure>
      <Figure name={t`Waiting`} help={t`Messages that are decided and go out next.`} href={of('DUE')}>
        {format.number(n.due)}
      </Figure>
      <Figure name={t`Not sent`} help={t`Refused just before sending, or too late.`} href={of('REFUSED,EXPIRED')}>
        {format.number(n.refused + n.expired)}
      </Figure>
      <Figure name={t`Failed`} help={t`The mail relay, the printer or the shop refused, or the address does not exist.`} href={of('FAILED,BOUNCED')}>
        {format.number(n.failed + n.bounced)}
      </Figure>
      <Figure name={t`Uncertain`} help={t`They may or may not have gone out; somebody has to decide.`} href={of('UNCERTAIN')}>
        <span data-uncertain={n.uncertain > 0 || undefined} className={css.uncertain}>
          {format.number(n.uncertain)}
        </span>
      </Figure>
    </Figures>
  )
}

/** The campaign as a sentence, and its steps. */
function Plan({ campaign }: { campaign: Whole }) {
  const stepText = useStepText()
  return (
    <Panel title={<Trans>What it does</Trans>}>
      <p>
        <EventText campaign={campaign} />. <Audience campaign={campaign} />{' '}
        {campaign.holdoutPercent > 0 && <Trans>{campaign.holdoutPercent} % are kept aside as the holdout.</Trans>}{' '}
        {campaign.endsAt && (
          <Trans>
            It ends by itself <When at={campaign.endsAt} relative />.
          </Trans>
        )}
      </p>
      <ol className={css.steps}>
        {campaign.steps.map((s) => (
          <li key={s.key}>
            {stepText(s)}
            {s.variantB && (
              <p className="quiet">
                <Trans>
                  {s.variantB.sharePercent} percent get variant B: {stepText({ ...s.variantB, afterMinutes: 0 })}
                </Trans>
              </p>
            )}
          </li>
        ))}
      </ol>
      <LetterCosts campaign={campaign} />
    </Panel>
  )
}

/** What the letters cost so far, against what they may cost, and the way to them. */
function LetterCosts({ campaign: c }: { campaign: Whole }) {
  const format = useFormat()
  const writes = c.steps.some((s) => s.letter.length > 0 || (s.variantB?.letter.length ?? 0) > 0)
  if (!writes && c.letterCosts.length === 0) return null
  const inCurrency = (amount: string) => format.money({ amount, currencyCode: c.letterCostCurrency })
  const bounded = !isZero(c.totalLetterCost)
  const spent = c.letterCosts.find((m) => m.currencyCode === c.letterCostCurrency)?.amount ?? '0'
  // What is left may be less than a letter costs: then letters are refused before all is spent.
  const refused = c.totalBudget === 0 && c.refusals.some((r) => r.verdict === 'REFUSE' && r.reason === 'BUDGET')
  const so = c.letterCosts.length > 0 ? format.list(c.letterCosts.map(format.money)) : inCurrency('0')
  return (
    <p data-testid="letter-costs" className={css.costs}>
      {bounded ? (
        <span>
          <Trans>
            Letters cost {so} so far, of {inCurrency(c.totalLetterCost)}.
          </Trans>
        </span>
      ) : (
        c.letterCosts.length > 0 && (
          <span>
            <Trans>Letters cost {so} so far.</Trans>
          </span>
        )
      )}
      {!isZero(c.dailyLetterCost) && (
        <span>
          <Trans>At most {inCurrency(c.dailyLetterCost)} a day.</Trans>
        </span>
      )}
      {bounded && (refused || Number(spent) >= Number(c.totalLetterCost)) && (
        <b className={css.used}>
          <Trans>Used up: no more letters are ordered.</Trans>
        </b>
      )}
      <Link href={`/letters?campaign=${c.id}`}>
        <Trans>Show its letters</Trans>
      </Link>
    </p>
  )
}

function Audience({ campaign }: { campaign: Whole }) {
  const { merchant } = useSession()
  const [{ data }] = useQuery({ query: SegmentNamesDocument, pause: !campaign.segmentId })
  const [{ data: shopData }] = useQuery({ query: ShopNamesDocument, pause: !campaign.audience })
  const text = useConditionText(shopData?.shops ?? [], merchant.mainCurrency)
  const either = useEither()
  if (campaign.segmentId) {
    const name = data?.segments.find((s) => s.id === campaign.segmentId)?.name ?? '…'
    return <Trans>Audience: the segment {name}.</Trans>
  }
  if (!campaign.audience) return <Trans>Audience: everybody.</Trans>
  const filter = fromInput(campaign.audience)
  if (!filter) return <Trans>Audience: a filter that was made elsewhere.</Trans>
  const said = filter.map((group) => either(group.map(text))).join('; ')
  return <Trans>Audience: {said}.</Trans>
}

function useEither() {
  const format = useFormat()
  return (words: string[]) => new Intl.ListFormat(format.locale, { type: 'disjunction' }).format(words)
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { ArrowLeft } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { CampaignCreateDocument, CampaignPlanDocument, CampaignUpdateDocument, type PlanFragment, ShopNamesDocument, TemplatePlansDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { writeFilter } from '../lib/filter'
import { isId } from '../lib/link'
import { type Refusal, RefusalText, refusalOf } from '../ui/Form'
import { Page } from '../ui/Page'
import pageCss from '../ui/Page.module.css'
import { Empty, Failure, Skeleton } from '../ui/states'
import { AudienceFields } from './AudienceFields'
import { BoundFields } from './BoundFields'
import css from './Builder.module.css'
import { useTemplateName } from './Campaigns'
import { RefusedContext, TextField } from './fields'
import { LetterBounds } from './LetterBounds'
import { type Draft, draftOf, emptyDraft, hasLetter, inputOf, isWritten, messagesOf, writesLetters } from './plan'
import { StepFields } from './StepFields'
import { TriggerFields } from './TriggerFields'

/** A new campaign, empty or from a template. */
export function NewCampaign() {
  const { merchant } = useSession()
  const [address] = useAddress()
  const wanted = Number(address.get('template')) || 0
  const names = useTemplateName()
  const [{ data, error, fetching }, ask] = useQuery({ query: TemplatePlansDocument, pause: wanted === 0 })
  if (wanted > 0 && !data) {
    return error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton rows={10} />
  }
  const template = data?.campaignTemplates[wanted - 1]
  const draft = template ? { ...draftOf(template, merchant.mainCurrency), name: names[template.trigger.kind] ?? template.name } : emptyDraft(merchant.mainCurrency)
  return <Builder key={wanted} saved={null} begin={draft} />
}

/** Changes a campaign. */
export function EditCampaign({ id }: { id: string }) {
  const { t } = useLingui()
  const { merchant } = useSession()
  const [reloads, setReloads] = useState(0)
  const [{ data, error, fetching, stale }, ask] = useQuery({ query: CampaignPlanDocument, variables: { id }, requestPolicy: 'network-only', pause: !isId(id) })
  const reload = () => {
    setReloads((n) => n + 1)
    ask({ requestPolicy: 'network-only' })
  }
  const campaign = data?.campaign
  if (!campaign || stale || fetching) {
    return (
      <Page title={t`Edit campaign`}>
        {(data && !campaign && !fetching) || !isId(id) ? (
          <Empty title={<Trans>Nothing has this id</Trans>} />
        ) : error && !fetching ? (
          <Failure error={error} retry={reload} />
        ) : (
          <Skeleton rows={10} />
        )}
      </Page>
    )
  }
  return <Builder key={`${campaign.version} ${reloads}`} saved={campaign} begin={draftOf(campaign, merchant.mainCurrency)} reload={reload} />
}

function Builder({ saved, begin, reload }: { saved: (PlanFragment & { id: string }) | null; begin: Draft; reload?: () => void }) {
  const { t } = useLingui()
  const { merchant } = useSession()
  const [, navigate] = useLocation()
  const [draft, put] = useState(begin)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [busy, setBusy] = useState(false)
  const [{ data: shopData }] = useQuery({ query: ShopNamesDocument })
  const [, create] = useMutation(CampaignCreateDocument)
  const [, update] = useMutation(CampaignUpdateDocument)
  const form = useRef<HTMLFormElement>(null)
  const shops = shopData?.shops ?? []
  const currencies = [...new Set([merchant.mainCurrency, ...shops.map((s) => s.currency)])]

  // What is refused is shown where it is, which may be far from the button, and in a tab that is only now opened.
  useEffect(() => {
    if (!refusal) return
    let frame = 0
    const look = (tries: number) => {
      const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
      if (field) field.focus()
      else if (tries > 0) frame = requestAnimationFrame(() => look(tries - 1))
      else form.current?.querySelector('[role=alert]')?.scrollIntoView({ block: 'center' })
    }
    frame = requestAnimationFrame(() => look(15))
    return () => cancelAnimationFrame(frame)
  }, [refusal])

  async function save(event: FormEvent) {
    event.preventDefault()
    const problem = unfinished(draft)
    setRefusal(problem)
    if (problem) return
    setBusy(true)
    const input = inputOf(draft)
    const { payload, error } = saved
      ? await update({ id: saved.id, version: saved.version, input }).then(({ data, error }) => ({ payload: data?.campaignUpdate, error }))
      : await create({ input }).then(({ data, error }) => ({ payload: data?.campaignCreate, error }))
    setBusy(false)
    const refused = refusalOf(payload, error)
    setRefusal(refused)
    if (refused || !payload?.campaign) return
    tell(saved ? <Trans>Saved. Whoever has entered already goes on as before.</Trans> : <Trans>Saved as a draft. Nothing is sent before you start it.</Trans>)
    navigate(`/campaigns/${payload.campaign.id}`, { replace: saved !== null })
  }

  const back = saved ? `/campaigns/${saved.id}` : '/campaigns'
  const conflict = saved !== null && refusal?.code === 'CONFLICT'
  return (
    <Page
      title={saved ? t`Edit campaign` : t`New campaign`}
      back={
        <Link href={back} className={pageCss.back} aria-label={t`Back`}>
          <ArrowLeft size={16} aria-hidden />
        </Link>
      }
    >
      <RefusedContext value={refusal}>
        <form ref={form} className={css.form} data-wide={writesLetters(draft) || undefined} onSubmit={save} noValidate>
          <TextField label={t`Name`} description={t`Customers see it as the voucher’s title.`} maxLength={100} value={draft.name} change={(name) => put({ ...draft, name })} field="name" />
          <TriggerFields {...{ draft, put, shops, currencies }} />
          <AudienceFields {...{ draft, put, shops }} currency={merchant.mainCurrency} />
          <StepFields {...{ draft, put, currencies }} />
          <LetterBounds {...{ draft, put, currencies }} />
          <BoundFields {...{ draft, put }} />
          {refusal && (conflict || !shownAtField(refusal)) && (
            <div className={css.refusal} role="alert">
              {conflict ? <Trans>Somebody else changed this campaign in the meantime. Reload to see their version; what you typed here is lost then.</Trans> : <RefusalText refusal={refusal} />}
              {conflict && reload && (
                <Button variant="default" size="compact-xs" onClick={reload}>
                  <Trans>Reload</Trans>
                </Button>
              )}
            </div>
          )}
          <div className={css.buttons}>
            <Button component={Link} href={back} variant="default">
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={busy}>
              {saved ? <Trans>Save</Trans> : <Trans>Save as a draft</Trans>}
            </Button>
          </div>
        </form>
      </RefusedContext>
    </Page>
  )
}

/** What the server could not know: an audience that is meant but not chosen would be everybody. */
function unfinished(draft: Draft): Refusal | null {
  if (draft.audience === 'segment' && !draft.segmentId) return { code: 'BAD_INPUT', field: 'segmentId', message: '', says: <Trans>Choose a segment.</Trans> }
  if (draft.audience === 'filter' && !draft.foreign && !writeFilter(draft.filter)) return { code: 'BAD_INPUT', field: 'audience', message: '', says: <Trans>Add a condition, or choose everybody.</Trans> }
  const blank = messagesOf(draft).find(({ message }) => hasLetter(message) && !Object.values(message.letter).some(isWritten))
  if (blank) return { code: 'BAD_INPUT', field: `${blank.at}.letter`, message: '', says: <Trans>Write the letter in a language, or send an e-mail only.</Trans> }
  return null
}

const fields = /^(name|audience|segmentId|budget|endsAt|holdoutPercent|expiresAfterMinutes|reentry(\.policy|\.days|Days)?|trigger\.(kind|minAgeMinutes|maxAgeMinutes|amount|currency|days|shopIds)|budget\.currency|letters\.balancingTest|steps\.\d+\.(key|afterMinutes|label|task\.(title|dueInDays|assigneeId)|(variantB\.)?(sharePercent|email(\.[a-z]{2}\.(subject|preheader|body))?|letter(\.[a-z]{2}\.(subject|body|closing))?|voucher\.(kind|value|minimum|currency|validDays|prefix))))$/

function shownAtField(refusal: Refusal): boolean {
  return fields.test(refusal.field ?? '')
}

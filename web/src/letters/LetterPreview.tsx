import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Modal, NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { CircleCheck, Download, Send, TriangleAlert, UserRound } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useQuery } from 'urql'
import { PickPerson } from '../customers/PickPerson'
import { type CampaignLetterTextInput, type CampaignOfferInput, LetterPreviewDocument, type LetterPreviewInput, type LetterPreviewQuery, ShopNamesDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { RefusalText } from '../ui/Form'
import { Said } from '../ui/said'
import { Failure, Skeleton } from '../ui/states'
import css from './LetterPreview.module.css'
import { bytesOf } from './pdfBytes'
import { TestLetter } from './TestLetter'

const PdfPages = lazy(() => import('./PdfPages'))

/** How somebody looks at a letter: of which shop, to whom, and on what. */
export type Look = { shopId: string; person: { id: string; name: string } | null; overlay: boolean; folded: boolean }
type Shown = NonNullable<LetterPreviewQuery['letterPreview']['preview']>
type Props = { text: CampaignLetterTextInput; voucher: CampaignOfferInput | null; shopIds: string[]; look: Look; setLook: (look: Look) => void }

/** The letter as it would be printed, made anew as one writes. */
export function LetterPreview({ text, voucher, shopIds, look, setLook }: Props) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const shops = (data?.shops ?? []).filter((s) => s.state !== 'DISCONNECTED' && (shopIds.length === 0 || shopIds.includes(s.id)))
  const shopId = shops.find((s) => s.id === look.shopId)?.id ?? shops[0]?.id ?? ''
  const written = `${text.subject}${text.body}`.trim() !== ''
  const input: LetterPreviewInput = { shopId, profileId: look.person?.id ?? null, text, voucher, overlay: look.overlay }
  // As text, so that the same question is not asked twice.
  const [asked] = useDebouncedValue(JSON.stringify(input), 500)
  const question = JSON.parse(asked) as LetterPreviewInput
  const [{ data: made, error, fetching }, ask] = useQuery({ query: LetterPreviewDocument, variables: { input: question }, pause: !question.shopId || !written, requestPolicy: 'network-only' })
  const [ordering, setOrdering] = useState(false)
  const answer = made?.letterPreview
  const refusal = answer?.errors[0]
  return (
    <section className={css.preview} aria-label={t`Preview of the letter`} data-testid="letter-preview" data-busy={fetching || undefined}>
      <Choices {...{ shops, shopId, look, setLook }} canFold={!answer?.preview || answer.preview.window !== null} />
      {!written && (
        <p className="quiet">
          <Trans>The letter shows here as soon as you write.</Trans>
        </p>
      )}
      {written && error && !fetching && <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} />}
      {written && refusal && (
        <p className={css.bad} role="status">
          <TriangleAlert size={14} aria-hidden />
          <span>
            <RefusalText refusal={refusal} />
          </span>
        </p>
      )}
      {written && answer?.preview && <Made shown={answer.preview} folded={look.folded} subject={text.subject} order={() => setOrdering(true)} />}
      {written && shopId && !answer && !error && <Skeleton rows={8} />}
      {ordering && <TestLetter {...{ shopId, text, voucher }} close={() => setOrdering(false)} />}
    </section>
  )
}

type ChoicesProps = { shops: { id: string; name: string }[]; shopId: string; look: Look; setLook: (look: Look) => void; canFold: boolean }

function Choices({ shops, shopId, look, setLook, canFold }: ChoicesProps) {
  const { t } = useLingui()
  const [picking, setPicking] = useState(false)
  const name = look.person?.name || t`No name`
  return (
    <div className={css.choices}>
      {shops.length > 1 && (
        <NativeSelect size="xs" aria-label={t`Shop that writes`} value={shopId} data={shops.map((s) => ({ value: s.id, label: s.name }))} onChange={(e) => setLook({ ...look, shopId: e.currentTarget.value })} />
      )}
      <Button variant="default" size="xs" leftSection={<UserRound size={14} aria-hidden />} onClick={() => setPicking(true)}>
        {look.person ? <Trans>To {name}</Trans> : <Trans>To somebody invented</Trans>}
      </Button>
      <Checkbox size="xs" label={t`Show the window and folds`} checked={look.overlay} onChange={(e) => setLook({ ...look, overlay: e.currentTarget.checked })} />
      <Checkbox size="xs" label={t`Folded in its envelope`} disabled={!canFold} checked={look.folded && canFold} onChange={(e) => setLook({ ...look, folded: e.currentTarget.checked })} />
      {picking && (
        <Modal opened onClose={() => setPicking(false)} title={t`To whom?`} closeButtonProps={{ 'aria-label': t`Close` }}>
          <PickPerson
            label={t`Customer`}
            pick={(id, chosen) => {
              setLook({ ...look, person: { id, name: chosen } })
              setPicking(false)
            }}
          />
          {look.person && (
            <Button
              variant="default"
              mt="sm"
              onClick={() => {
                setLook({ ...look, person: null })
                setPicking(false)
              }}
            >
              <Trans>To somebody invented</Trans>
            </Button>
          )}
        </Modal>
      )}
    </div>
  )
}

function Made({ shown, folded, subject, order }: { shown: Shown; folded: boolean; subject: string; order: () => void }) {
  return (
    <>
      <Findings shown={shown} />
      {shown.pdf && (
        <>
          <Suspense fallback={<Skeleton rows={8} />}>
            <PdfPages pdf={shown.pdf} inEnvelope={folded ? shown.window : null} />
          </Suspense>
          <div className={css.acts}>
            <Button variant="default" size="compact-sm" leftSection={<Download size={14} aria-hidden />} onClick={() => download(shown.pdf, subject)}>
              <Trans>Download the PDF</Trans>
            </Button>
            {shown.problems.length === 0 && (
              <Button variant="default" size="compact-sm" leftSection={<Send size={14} aria-hidden />} onClick={order}>
                <Trans>Print a test letter</Trans>
              </Button>
            )}
          </div>
        </>
      )}
    </>
  )
}

/** What was measured on the finished file, and what it costs. */
function Findings({ shown }: { shown: Shown }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <>
      {shown.problems.length > 0 ? (
        <ul className={css.problems} aria-label={t`Why this letter would not be sent`}>
          {shown.problems.map((p) => (
            <li key={JSON.stringify(p)} className={css.bad}>
              <TriangleAlert size={14} aria-hidden />
              <span>
                <Said sentence={p} text={p.code} />
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className={css.good}>
          <CircleCheck size={14} aria-hidden /> <Trans>The address shows in the window in every position.</Trans>
        </p>
      )}
      {shown.price && (
        <p className="quiet">
          <Trans>{format.money(shown.price)} for each letter, with postage</Trans>
        </p>
      )}
    </>
  )
}

function download(pdf: string, subject: string) {
  const href = URL.createObjectURL(new Blob([bytesOf(pdf)], { type: 'application/pdf' }))
  const link = document.createElement('a')
  link.href = href
  // The subject without its placeholders, and without what file names may not hold.
  const name = subject.replace(/\{[{%].*?[%}]\}/g, '').replace(/[^\p{L}\p{N} -]+/gu, '')
  link.download = `${name.trim() || 'letter'}.pdf`
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Eye } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { CampaignPreviewDocument, type CampaignPreviewQuery } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { Panel } from '../ui/Panel'
import { Failure, Skeleton } from '../ui/states'
import css from './Campaign.module.css'
import { Refusals } from './Refusals'
import { ChannelMark, useBasisName, VariantName } from './words'

type Shown = NonNullable<CampaignPreviewQuery['campaign']>['preview']

/** Who would get something now. Everybody is judged for it, so it is worked out when asked for. */
export function Preview({ id, steps }: { id: string; steps: { key: string }[] }) {
  const [wanted, setWanted] = useState(false)
  const [{ data, error, fetching }, ask] = useQuery({ query: CampaignPreviewDocument, variables: { id }, pause: !wanted, requestPolicy: 'network-only' })
  const preview = data?.campaign?.preview
  const again = () => (wanted ? ask({ requestPolicy: 'network-only' }) : setWanted(true))
  return (
    <Panel
      title={<Trans>Who would get something now</Trans>}
      action={
        <Button variant="default" size="compact-xs" leftSection={<Eye size={12} aria-hidden />} loading={wanted && fetching} onClick={again}>
          <Trans>Preview</Trans>
        </Button>
      }
    >
      {!wanted && (
        <p className="quiet">
          <Trans>Judges everybody as if the campaign ran now. Nothing is sent.</Trans>
        </p>
      )}
      {wanted && !preview && (error && !fetching ? <Failure error={error} retry={again} /> : <Skeleton rows={4} />)}
      {preview && <Found preview={preview} steps={steps} />}
    </Panel>
  )
}

function Found({ preview, steps }: { preview: Shown; steps: { key: string }[] }) {
  const { t } = useLingui()
  const format = useFormat()
  const bases = useBasisName()
  return (
    <div className={css.preview} data-testid="preview">
      <p className={css.answer}>
        <Plural value={preview.sends} one="# message would go out now" other="# messages would go out now" />
      </p>
      {preview.acts > 0 && (
        <p>
          <Plural value={preview.acts} one="# label or task would be set" other="# labels or tasks would be set" />
        </p>
      )}
      {preview.letters > 0 && (
        <p>
          <Plural value={preview.letters} one="# of them is a letter" other="# of them are letters" />
          {preview.cost.length > 0 && <Trans>, for {format.list(preview.cost.map(format.money))}</Trans>}
        </p>
      )}
      <p className="quiet">
        <Plural value={preview.people} one="# person judged" other="# people judged" />
        {' · '}
        <Plural value={preview.events} one="# event" other="# events" />
        {' · '}
        <Trans>{format.number(preview.waits)} would wait</Trans>
        {' · '}
        <Trans>{format.number(preview.holdout)} in the holdout</Trans>
      </p>
      {preview.examples.length > 0 && (
        <ul className={css.examples} aria-label={t`Some of those who would get a message`}>
          {preview.examples.map((e) => (
            <li key={`${e.profileId} ${e.stepKey}`}>
              <Link href={`/customers/${e.profileId}`}>{e.name || t`No name`}</Link>
              <span className={css.why}>
                <ChannelMark channel={e.channel} /> {e.email} · {e.language} · <Trans>step {steps.findIndex((s) => s.key === e.stepKey) + 1}</Trans>
                {e.variant && <VariantName variant={e.variant} />} · {bases[e.basis]}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Refusals list={preview.refusals} none={<Trans>Nothing speaks against anybody.</Trans>} />
    </div>
  )
}

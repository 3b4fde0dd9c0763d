import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Check, CircleHelp, Lightbulb, RefreshCw, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useQuery } from 'urql'
import { type FindingLevel, SenderCheckDocument, type SenderCheckQuery, type SenderSubject } from '../gql/graphql'
import { Panel } from '../ui/Panel'
import { Badge, Copy, type Tone, When } from '../ui/parts'
import { Said } from '../ui/said'
import { Failure, Skeleton } from '../ui/states'
import css from './SenderCheck.module.css'

type Finding = NonNullable<SenderCheckQuery['senderCheck']>['findings'][number]

const looks: Record<FindingLevel, { tone: Tone; icon: ReactNode; word: ReactNode }> = {
  GOOD: { tone: 'green', icon: <Check size={12} aria-hidden />, word: <Trans context="finding">good</Trans> },
  ADVICE: { tone: 'amber', icon: <Lightbulb size={12} aria-hidden />, word: <Trans context="finding">could be better</Trans> },
  FAULT: { tone: 'red', icon: <TriangleAlert size={12} aria-hidden />, word: <Trans context="finding">to be mended</Trans> },
  UNKNOWN: { tone: 'grey', icon: <CircleHelp size={12} aria-hidden />, word: <Trans context="finding">not known</Trans> },
}

const subjects: Record<SenderSubject, ReactNode> = {
  DOMAIN: <Trans>Whose domain it is</Trans>,
  SPF: <Trans>Who may send (SPF)</Trans>,
  DKIM: <Trans>Signature (DKIM)</Trans>,
  DMARC: <Trans>Protection from forgery (DMARC)</Trans>,
  BOUNCES: <Trans>Bounces and answers (MX)</Trans>,
}

const sums: Record<FindingLevel, ReactNode> = {
  GOOD: <Trans>Everything that receivers look at is in order.</Trans>,
  ADVICE: <Trans>Mail arrives; some things could be better.</Trans>,
  FAULT: <Trans>Receivers may refuse this shop’s mail or take it for spam until this is mended.</Trans>,
  UNKNOWN: <Trans>Nothing is wrong with what could be looked up.</Trans>,
}

/** What the DNS says of the sender address: whether mail from it arrives, and what to add where. */
export function SenderCheck({ shopId }: { shopId: string }) {
  const [{ data, error, fetching }, ask] = useQuery({
    query: SenderCheckDocument,
    variables: { shopId },
    requestPolicy: 'network-only',
  })
  const again = () => ask({ requestPolicy: 'network-only' })
  const check = data?.senderCheck
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (location.hash === '#sender') place.current?.scrollIntoView()
  }, [])
  return (
    <div ref={place}>
      <Panel
        title={<Trans>Does mail arrive?</Trans>}
        flush
        action={
          check && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<RefreshCw size={13} aria-hidden />}
              loading={fetching}
              onClick={again}
            >
              <Trans>Check again</Trans>
            </Button>
          )
        }
      >
        {error && !fetching ? (
          <Failure error={error} retry={again} />
        ) : !data ? (
          <Looking />
        ) : check ? (
          <Findings check={check} />
        ) : (
          <NoSender />
        )}
      </Panel>
    </div>
  )
}

function Looking() {
  return (
    <div className={css.text}>
      <p>
        <Trans>Asking the domain’s name servers…</Trans>
      </p>
      <Skeleton rows={4} />
    </div>
  )
}

function NoSender() {
  return (
    <p className={css.text}>
      <Trans>Enter a sender address and save: then its domain is looked up.</Trans>
    </p>
  )
}

function Findings({ check }: { check: NonNullable<SenderCheckQuery['senderCheck']> }) {
  return (
    <>
      <p className={css.text}>
        <strong>{check.domain}</strong>: {sums[check.level]}{' '}
        <span className="quiet">
          <Trans>
            Looked up <When at={check.checkedAt} relative />.
          </Trans>
        </span>
      </p>
      <ul>
        {check.findings.map((f) => (
          <li key={f.about} className={css.finding}>
            <div className={css.head}>
              <h3 className={css.subject}>{subjects[f.about]}</h3>
              <Badge tone={looks[f.level].tone} icon={looks[f.level].icon}>
                {looks[f.level].word}
              </Badge>
            </div>
            <p>
              <Said sentence={f.says} text={f.message} />
            </p>
            <Records finding={f} />
          </li>
        ))}
      </ul>
    </>
  )
}

/** The record to enter, ready to be copied; else the one that is there, for whoever wants to see it. */
function Records({ finding: { record, found } }: { finding: Finding }) {
  const { t } = useLingui()
  if (!record && !found) return null
  return (
    <dl className={css.record}>
      {record && (
        <>
          <dt>
            <Trans context="dns">Name</Trans>
          </dt>
          <dd>
            <Copy value={record.name} label={t`the record’s name`}>
              <code>{record.name}</code>
            </Copy>
          </dd>
          <dt>
            <Trans context="dns">Type</Trans>
          </dt>
          <dd>
            <code>{record.type}</code>
          </dd>
          <dt>
            <Trans context="dns">Value</Trans>
          </dt>
          <dd>
            {record.value.endsWith('…') ? (
              <code>{record.value}</code>
            ) : (
              <Copy value={record.value} label={t`the record’s value`}>
                <code>{record.value}</code>
              </Copy>
            )}
          </dd>
        </>
      )}
      {found && (
        <>
          <dt>
            <Trans>Now</Trans>
          </dt>
          <dd>
            <code className={css.found}>{found}</code>
          </dd>
        </>
      )}
    </dl>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal } from '@mantine/core'
import { Undo2 } from 'lucide-react'
import { useClient, useMutation } from 'urql'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { CampaignTextsRestoreDocument, CampaignVersionsDocument, type CampaignVersionsQuery } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { useMore } from '../lib/more'
import { toldRefusal } from '../ui/Form'
import { More } from '../ui/More'
import { Panel } from '../ui/Panel'
import { Badge, When } from '../ui/parts'
import type { Whole } from './Campaign'
import css from './Versions.module.css'
import { useChangeText } from './versionWords'

type Version = NonNullable<CampaignVersionsQuery['campaign']>['versions'][number]
type Step = Version['steps'][number]
type Texts = Pick<Step, 'email' | 'letter'>

/** What the campaign was: who changed what and when, its texts as they were, and the way back to them. */
export default function Versions({ campaign, changed }: { campaign: Whole; changed: () => void }) {
  const { t } = useLingui()
  const client = useClient()
  const [opened, open, close] = useOpened('version')
  const list = useMore(`versions of ${campaign.id} ${campaign.version}`, async (after) => {
    const { data, error } = await client.query(CampaignVersionsDocument, { id: campaign.id, before: after ? Number(after) : null }, { requestPolicy: 'network-only' }).toPromise()
    if (!data) return { error }
    const nodes = data.campaign?.versions ?? []
    const last = nodes.at(-1)?.version ?? 1
    return { page: { nodes, next: last > 1 ? String(last) : null } }
  })
  const versions = list.rows ?? []
  const shown = versions.find((v) => String(v.version) === opened)
  const now = versions.find((v) => v.version === campaign.version)
  return (
    <Panel title={<Trans>Versions</Trans>} flush>
      <ul className={css.versions} aria-label={t`Versions`}>
        {versions.map((v) => (
          <OneVersion key={v.version} version={v} now={v.version === campaign.version} open={() => open(String(v.version))} />
        ))}
      </ul>
      <More list={list} />
      {shown && now && <Look {...{ campaign, shown, now, close, changed }} />}
    </Panel>
  )
}

function OneVersion({ version: v, now, open }: { version: Version; now: boolean; open: () => void }) {
  const { t } = useLingui()
  const changeText = useChangeText(v.steps)
  const { version, author } = v
  return (
    <li>
      <span className={css.main}>
        <span className={css.name}>
          <Trans>Version {version}</Trans>{' '}
          {now && (
            <Badge tone="green">
              <Trans>now</Trans>
            </Badge>
          )}
        </span>
        <span className={css.minor}>
          {author} · <When at={v.at} />
        </span>
        <span className={css.changes}>
          {version === 1 ? (
            <Trans>written</Trans>
          ) : v.changes.length === 0 ? (
            <Trans>nothing but the name was changed</Trans>
          ) : (
            v.changes.map((c) => <span key={JSON.stringify(c)}>{changeText(c)}</span>)
          )}
        </span>
      </span>
      <Button variant="default" size="compact-sm" aria-label={t`Look at version ${version}`} onClick={open}>
        <Trans>Look</Trans>
      </Button>
    </li>
  )
}

type LookProps = { campaign: Whole; shown: Version; now: Version; close: () => void; changed: () => void }

/** The texts of a version, step by step. */
function Look({ campaign, shown, now, close, changed }: LookProps) {
  const { t } = useLingui()
  const { can } = useSession()
  const [{ fetching }, restore] = useMutation(CampaignTextsRestoreDocument)
  const { version } = shown
  const mayRestore = can('MARKETER') && campaign.state !== 'ENDED' && version !== campaign.version
  async function bring(stepKey: string) {
    const { data, error } = await restore({ id: campaign.id, version: campaign.version, from: version, stepKey })
    if (toldRefusal(data?.campaignTextsRestore, error)) return
    const made = data?.campaignTextsRestore.campaign?.version ?? 0
    tell(<Trans>The text is back, as version {made}. Whoever has entered already goes on as before.</Trans>)
    close()
    changed()
  }
  return (
    <Modal opened onClose={close} size="lg" title={t`Texts of version ${version}`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <div className={css.steps}>
        {shown.steps.map((s, i) => {
          if (s.email.length + s.letter.length === 0) return null // a label or a task
          const number = i + 1
          const today = now.steps.find((x) => x.key === s.key)
          return (
            <section key={s.key} aria-label={t`Step ${number}`}>
              <div className={css.stepHead}>
                <h3>
                  <Trans>Step {number}</Trans>
                </h3>
                {mayRestore && !today && (
                  <span className="quiet">
                    <Trans>This step is not there any more.</Trans>
                  </span>
                )}
                {mayRestore && today && sameTexts(s, today) && (
                  <span className="quiet">
                    <Trans>As it is now.</Trans>
                  </span>
                )}
                {mayRestore && today && !sameTexts(s, today) && (
                  <Button size="compact-sm" leftSection={<Undo2 size={14} aria-hidden />} loading={fetching} aria-label={t`Bring this text back: step ${number}`} onClick={() => bring(s.key)}>
                    <Trans>Bring this text back</Trans>
                  </Button>
                )}
              </div>
              <StepTexts texts={s} />
              {s.variantB && (
                <>
                  <h4>
                    <Trans>Variant B</Trans>
                  </h4>
                  <StepTexts texts={s.variantB} />
                </>
              )}
            </section>
          )
        })}
      </div>
    </Modal>
  )
}

/** Whether bringing the text back would change nothing. A variant that only one of the two has stays as it is. */
function sameTexts(a: Step, b: Step): boolean {
  const texts = ({ email, letter }: Texts) => JSON.stringify([email, letter])
  return texts(a) === texts(b) && (!a.variantB || !b.variantB || texts(a.variantB) === texts(b.variantB))
}

function StepTexts({ texts: { email, letter } }: { texts: Texts }) {
  const format = useFormat()
  return (
    <>
      {email.map((e) => (
        <article key={`email ${e.language}`} className={css.text} lang={e.language}>
          <p className={css.minor}>
            <Trans>E-mail in {format.language(e.language)}</Trans>
          </p>
          <p className={css.subject}>{e.subject}</p>
          {e.preheader && <p className="quiet">{e.preheader}</p>}
          <p className={css.body}>{e.body}</p>
        </article>
      ))}
      {letter.map((l) => (
        <article key={`letter ${l.language}`} className={css.text} lang={l.language}>
          <p className={css.minor}>
            <Trans>Letter in {format.language(l.language)}</Trans>
          </p>
          <p className={css.subject}>{l.subject}</p>
          <p className={css.body}>{l.body}</p>
          {l.closing && <p className={css.body}>{l.closing}</p>}
        </article>
      ))}
    </>
  )
}

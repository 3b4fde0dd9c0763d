import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { X } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useMutation } from 'urql'
import { Link } from 'wouter'
import { useSession } from '../app/session'
import { tell } from '../app/toasts'
import { LabelsInUse } from '../customers/inUse'
import { AddLabelDocument, AddNoteDocument, AllowTogetherDocument, type MatchedBy, MergeProfilesDocument, RecordObjectionDocument, RemoveLabelDocument, UnmergeProfilesDocument } from '../gql/graphql'
import { useOpened } from '../lib/address'
import { useFormat } from '../lib/format'
import { forgetPages } from '../lib/pages'
import { toldRefusal } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Badge, Copy, LabelChip, OutLink, platformNames, When } from '../ui/parts'
import { SourceName } from './Contact'
import type { Person } from './Customer'
import css from './panels.module.css'

const PersonMonths = lazy(() => import('./PersonMonths'))

/** What somebody likes, and when they buy. */
export function Habits({ person }: { person: Person }) {
  const { topCategories, sizes, topProducts } = person.habits
  const format = useFormat()
  if (person.orderCount === 0) {
    return (
      <Panel title={<Trans>Likes</Trans>}>
        <p className="quiet">
          <Trans>Categories, sizes and products show after the first order.</Trans>
        </p>
      </Panel>
    )
  }
  return (
    <Panel title={<Trans>Likes</Trans>}>
      <div className={css.likes}>
        {topCategories.length > 0 && (
          <ul className={css.bars}>
            {topCategories.map((c) => (
              <li key={c.name}>
                <span className={css.barName}>{c.name}</span>
                <span className="figures">{format.number(c.quantity)}</span>
                <progress className={css.bar} value={c.quantity} max={topCategories[0]?.quantity ?? 1} aria-hidden />
              </li>
            ))}
          </ul>
        )}
        {sizes.length > 0 && (
          <p className={css.sizes}>
            <Trans>Sizes</Trans>{' '}
            {sizes.slice(0, 6).map((s) => (
              <span key={s.value} className={css.size}>
                {s.value} <b className="figures">{format.number(s.quantity)}</b>
              </span>
            ))}
          </p>
        )}
        <Suspense fallback={<div className={css.chartRoom} />}>
          <PersonMonths id={person.id} currency={person.spent.currencyCode} />
        </Suspense>
        {topProducts.length > 0 && (
          <details className={css.products}>
            <summary>
              <Trans>Top products</Trans>
            </summary>
            <ol>
              {topProducts.map((p) => (
                <li key={p.title}>
                  <span>{p.title}</span> <span className="figures">{format.number(p.quantity)}</span>
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
    </Panel>
  )
}

export function LabelsAndNotes({ person, children }: { person: Person; children?: ReactNode }) {
  const { t } = useLingui()
  const { can } = useSession()
  const [, addLabel] = useMutation(AddLabelDocument)
  const [, removeLabel] = useMutation(RemoveLabelDocument)
  const [adding, setAdding] = useState(false)
  const mayEdit = can('CLERK')

  async function put(name: string) {
    const { data, error } = await addLabel({ profileId: person.id, name })
    if (toldRefusal(data?.addLabel, error)) return
    forgetPages()
    tell(<Trans>Label “{name}” added.</Trans>, () => take(name))
  }
  async function take(name: string) {
    const { data, error } = await removeLabel({ profileId: person.id, name })
    if (toldRefusal(data?.removeLabel, error)) return
    forgetPages()
    tell(<Trans>Label “{name}” removed.</Trans>, () => put(name))
  }
  return (
    <Panel
      title={<Trans>Labels and notes</Trans>}
      action={
        mayEdit && (
          <Button variant="subtle" size="compact-xs" onClick={() => setAdding(!adding)}>
            <Trans>Add label</Trans>
          </Button>
        )
      }
    >
      {adding && (
        <TextInput
          size="xs"
          aria-label={t`New label`}
          placeholder={t`Type a label, then Enter`}
          autoFocus
          list="labels"
          maxLength={60}
          onKeyDown={(e) => {
            const name = e.currentTarget.value.trim()
            if (e.key === 'Escape') setAdding(false)
            if (e.key !== 'Enter' || !name) return
            setAdding(false)
            put(name)
          }}
        />
      )}
      {adding && <LabelsInUse id="labels" />}
      <div className={css.labels}>
        {person.labels.map((l) => (
          <LabelChip key={l.id} name={l.name}>
            {mayEdit && (
              <button type="button" className={css.x} aria-label={t`Remove label ${l.name}`} onClick={() => take(l.name)}>
                <X size={11} aria-hidden />
              </button>
            )}
          </LabelChip>
        ))}
        {person.labels.length === 0 && !adding && (
          <span className="quiet">
            <Trans>No labels.</Trans>
          </span>
        )}
      </div>
      {children}
      <Notes person={person} mayEdit={mayEdit} />
    </Panel>
  )
}

function Notes({ person, mayEdit }: { person: Person; mayEdit: boolean }) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const [{ fetching }, addNote] = useMutation(AddNoteDocument)
  async function save() {
    const { data, error } = await addNote({ profileId: person.id, body: text.trim() })
    if (toldRefusal(data?.addNote, error)) return
    setText('')
    tell(<Trans>Note saved.</Trans>)
  }
  return (
    <div className={css.notes}>
      {mayEdit && (
        <>
          <Textarea
            size="xs"
            autosize
            minRows={1}
            maxRows={8}
            aria-label={t`New note`}
            placeholder={t`Write a private note`}
            value={text}
            maxLength={5000}
            onChange={(e) => setText(e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && text.trim()) save()
            }}
          />
          {text.trim() && (
            <Button loading={fetching} onClick={save}>
              <Trans>Save note</Trans>
            </Button>
          )}
        </>
      )}
      {person.notes.map((n) => (
        <div key={n.id} className={css.note}>
          <p>{n.body}</p>
          <p className={css.small}>
            {n.author} · <When at={n.at} />
          </p>
        </div>
      ))}
    </div>
  )
}

/** What somebody says on the phone: no more of it, or again. */
export function Objections({ person }: { person: Person }) {
  const { can } = useSession()
  const [{ fetching }, record] = useMutation(RecordObjectionDocument)
  async function say(channel: 'EMAIL' | 'LETTER', undo: boolean) {
    const { data, error } = await record({ id: person.id, channel, undo })
    if (toldRefusal(data?.recordObjection, error)) return
    tell(undo ? <Trans>The objection is taken back.</Trans> : <Trans>Noted: nothing goes out there any more.</Trans>, () => say(channel, !undo))
  }
  const words = {
    EMAIL: { said: <Trans>Objected to e-mail</Trans>, say: <Trans>Wants no more e-mail</Trans> },
    LETTER: { said: <Trans>Objected to letters</Trans>, say: <Trans>Wants no more letters</Trans> },
  }
  return (
    <div className={css.objections}>
      {(['EMAIL', 'LETTER'] as const).map((channel) => {
        const objected = person.objections.includes(channel)
        return (
          <span key={channel}>
            {objected && <Badge tone="red">{words[channel].said}</Badge>}{' '}
            {can('CLERK') && (
              <Button variant="subtle" size="compact-xs" disabled={fetching} onClick={() => say(channel, objected)}>
                {objected ? <Trans>Take back</Trans> : words[channel].say}
              </Button>
            )}
          </span>
        )
      })}
    </div>
  )
}

export function useMatchedBy(): Record<MatchedBy, string> {
  const { t } = useLingui()
  return {
    EMAIL: t`the same e-mail address`,
    PHONE: t`the same phone number and name`,
    CUSTOMER_NUMBER: t`the same customer number`,
    ADDRESS: t`the same postal address and name`,
    HAND: t`somebody decided it`,
    NONE: t`it stands alone`,
  }
}

/** Which shops know the person, and why their records are one. */
export function Sources({ person, reload }: { person: Person; reload: () => void }) {
  const { t } = useLingui()
  const { can } = useSession()
  const why = useMatchedBy()
  const [unmerging, unmerge, stopUnmerging] = useOpened('unmerge')
  const parting = person.merges.find((m) => m.id === unmerging)
  const kinds = { CUSTOMER: t`account`, GUEST: t`guest`, IMPORT: t`import`, MANUAL: t`typed by hand` }
  return (
    <Panel title={<Trans>Shops and matching</Trans>} flush>
      <ul className={css.sources}>
        {person.identities.map((i) => (
            <li key={i.source.id + i.externalId} className={css.source}>
              <span className={css.sourceName}>
                <SourceName source={i.source} />
              </span>
              <span className={css.sourceFacts}>
                {kinds[i.kind]}
                {!i.active && ` · ${t`inactive`}`}
                {i.deletedAt && (
                  <>
                    {' '}
                    <Badge tone="red">
                      {i.kind === 'MANUAL' || i.kind === 'IMPORT' ? <Trans>taken back</Trans> : <Trans>deleted in the shop</Trans>}
                    </Badge>
                  </>
                )}
                {i.groupName && ` · ${i.groupName}`}
                {i.tags.length > 0 && ` · ${i.tags.join(', ')}`}
              </span>
              <span className={css.sourceWhy}>{person.identities.length > 1 ? <Trans>matched by {why[i.matchedBy]}</Trans> : why.NONE}</span>
              <span className={css.sourceId}>
                {i.kind !== 'MANUAL' && <Copy value={i.externalId} />}
                {i.adminUrl && i.source.shop && (
                  <OutLink href={i.adminUrl}>
                    <Trans>Open in {platformNames[i.source.shop.platform]}</Trans>
                  </OutLink>
                )}
              </span>
              {i.note && <p className={css.sourceNote}>{i.note}</p>}
              {i.business && <Business details={i.business} />}
            </li>
        ))}
      </ul>
      {person.merges.length > 0 && (
        <ul className={css.merges}>
          {person.merges.map((m) => (
            <li key={m.id} className={css.merge}>
              <span>
                {m.byHand ? (
                  <Trans>
                    <Plural value={m.from.length} one="# profile" other="# profiles" /> merged by {m.actor}
                  </Trans>
                ) : (
                  <Trans>
                    <Plural value={m.from.length} one="# profile" other="# profiles" /> joined: {why[m.matchedBy]}
                  </Trans>
                )}{' '}
                · <When at={m.at} />
              </span>
              {can('CLERK') && (
                <Button variant="subtle" size="compact-xs" onClick={() => unmerge(m.id)}>
                  <Trans>Unmerge</Trans>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {person.keptApart.length > 0 && <KeptApart person={person} reload={reload} />}
      {parting && <UnmergeDialog merge={parting} close={stopUnmerging} done={reload} />}
    </Panel>
  )
}

/** Profiles that somebody decided are other people, whatever they share. */
function KeptApart({ person, reload }: { person: Person; reload: () => void }) {
  const { can } = useSession()
  const [{ fetching }, allow] = useMutation(AllowTogetherDocument)

  async function lift(other: string) {
    const { data, error } = await allow({ profileIds: [person.id, other] })
    if (toldRefusal(data?.allowTogether, error)) return
    reload()
    tell(<Trans>They may be matched again.</Trans>)
  }

  return (
    <ul className={css.merges}>
      {person.keptApart.map((other) => (
        <li key={other} className={css.merge}>
          <span>
            <Trans>
              Never the same person as <Link href={`/customers/${other}`}>this profile</Link>
            </Trans>
          </span>
          {can('CLERK') && (
            <Button variant="subtle" size="compact-xs" loading={fetching} onClick={() => lift(other)}>
              <Trans>Allow again</Trans>
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

function Business({ details }: { details: NonNullable<Person['identities'][number]['business']> }) {
  const { t } = useLingui()
  const facts = [
    details.siret && t`SIRET ${details.siret}`,
    details.vatNumber && t`VAT ${details.vatNumber}`,
    details.ape && t`APE ${details.ape}`,
    details.maxPaymentDays > 0 && t`${details.maxPaymentDays} days to pay`,
    details.risk,
  ].filter(Boolean)
  return facts.length > 0 ? <p className={css.sourceNote}>{facts.join(' · ')}</p> : null
}

function UnmergeDialog({ merge, close, done }: { merge: Person['merges'][number]; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [{ fetching }, unmerge] = useMutation(UnmergeProfilesDocument)
  const [, mergeAgain] = useMutation(MergeProfilesDocument)
  async function part() {
    const { data, error } = await unmerge({ mergeId: merge.id })
    if (toldRefusal(data?.unmergeProfiles, error)) return
    close()
    forgetPages()
    done()
    const [first, ...others] = data?.unmergeProfiles.profiles ?? []
    tell(
      <Trans>Unmerged into {others.length + 1} profiles.</Trans>,
      first && others.length > 0
        ? async () => {
            const again = await mergeAgain({ into: first.id, from: others.map((p) => p.id) })
            if (!toldRefusal(again.data?.mergeProfiles, again.error)) {
              forgetPages()
              done()
            }
          }
        : undefined,
    )
  }
  return (
    <Modal opened onClose={close} title={t`Unmerge`} closeButtonProps={{ 'aria-label': t`Close` }}>
      <p>
        <Trans>
          The records become separate profiles again, each with its own orders, carts and consents. They are never joined again by matching, only by hand.
        </Trans>
      </p>
      <div className={css.buttons}>
        <Button variant="default" onClick={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button loading={fetching} onClick={part} data-autofocus>
          <Trans>Unmerge</Trans>
        </Button>
      </div>
    </Modal>
  )
}

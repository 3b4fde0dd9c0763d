import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Textarea } from '@mantine/core'
import { FileText } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { LetterTextsDocument, type LetterTextsQuery } from '../gql/graphql'
import { type Look, LetterPreview } from '../letters/LetterPreview'
import css from './Builder.module.css'
import { Line, TextField, useRefused } from './fields'
import { Languages } from './Languages'
import { type Draft, isWritten, type LetterDraft, type MessageDraft, noLetter, offerOf } from './plan'
import { Placeholders } from './TextFields'

type Props = { draft: Draft; message: MessageDraft; at: string; put: (letter: MessageDraft['letter']) => void }

/** The letter of a step: its text, and beside it what would come out of the printer. */
export function LetterFields({ draft, message, at, put }: Props) {
  const { t } = useLingui()
  const [look, setLook] = useState<Look>({ shopId: '', person: null, overlay: false, folded: false })
  const [{ data }] = useQuery({ query: LetterTextsDocument, variables: { trigger: draft.kind } })
  const ready = (data?.letterTexts ?? []).filter((r) => !isWritten(message.letter[r.language]))
  const begin = () => put({ ...message.letter, ...readyTexts(ready) })
  const voucher = message.voucher && offerOf(message.voucher)
  return (
    <Line fields={[at]}>
      <Languages label={t`Language of the letter`} texts={message.letter} empty={noLetter} {...{ at, put }}>
        {(text, language, change) => (
          <div className={css.letter}>
            <div className={css.text}>
              {!isWritten(text) && ready.some((r) => r.language === language) && (
                <div>
                  <Button variant="default" size="compact-sm" leftSection={<FileText size={14} aria-hidden />} onClick={begin}>
                    <Trans>Start from the ready text</Trans>
                  </Button>
                </div>
              )}
              <OneLetter text={text} at={`${at}.${language}`} put={change} />
              <Placeholders voucher={message.voucher !== null} cart={false} letter />
            </div>
            <LetterPreview text={{ language, ...text }} shopIds={draft.shopIds} {...{ voucher, look, setLook }} />
          </div>
        )}
      </Languages>
    </Line>
  )
}

const readyTexts = (list: LetterTextsQuery['letterTexts']) => Object.fromEntries(list.map(({ language, subject, body, closing }) => [language, { subject, body, closing }]))

function OneLetter({ text, at, put }: { text: LetterDraft; at: string; put: (text: LetterDraft) => void }) {
  const { t } = useLingui()
  const body = useRefused(`${at}.body`)
  const closing = useRefused(`${at}.closing`)
  return (
    <>
      <TextField label={t`Subject`} value={text.subject} change={(subject) => put({ ...text, subject })} field={`${at}.subject`} />
      <Textarea label={t`Letter`} description={t`Markdown, with the greeting, up to the voucher.`} autosize minRows={8} maxRows={24} value={text.body} error={body} onChange={(e) => put({ ...text, body: e.currentTarget.value })} />
      <Textarea
        label={t`Closing`}
        description={t`After the voucher: the last words. The signature of the shop’s settings follows, and how to object.`}
        autosize
        minRows={2}
        maxRows={8}
        value={text.closing}
        error={closing}
        onChange={(e) => put({ ...text, closing: e.currentTarget.value })}
      />
    </>
  )
}

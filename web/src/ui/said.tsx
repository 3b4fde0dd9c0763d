import { useLingui } from '@lingui/react'
import type { SentencePartsFragment } from '../gql/graphql'
import { sentences } from './sentences'

/** Says a sentence of the server in the person's language, or the text beside it where it is not known here. */
export function Said({ sentence, text }: { sentence: SentencePartsFragment | null | undefined; text: string | null | undefined }) {
  const { i18n } = useLingui()
  const known = sentence && sentences[sentence.code]
  if (!known) return <>{text}</>
  return <>{i18n._(known.id, Object.fromEntries(sentence.params.map((p) => [p.name, p.value])))}</>
}

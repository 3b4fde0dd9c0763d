import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from 'urql'
import { type ConsentChannel, ConsentPreferencesDocument } from '../gql/graphql'
import { Choice, Line } from './fields'
import { type StepDraft, writes } from './plan'

type Props = { step: StepDraft; at: number; put: (step: StepDraft) => void }

/** Which consent preferences a step asks for besides; nothing where the merchant has none. */
export function PreferenceFields({ step, at, put }: Props) {
  const { t } = useLingui()
  const [{ data }] = useQuery({ query: ConsentPreferencesDocument, variables: { retired: true } })
  const number = at + 1
  const { email, letter } = writes(step)
  const choices = (channel: ConsentChannel, chosen: string) => {
    const list = (data?.consentPreferences ?? []).filter((p) => p.channel === channel && (p.retiredAt === null || p.key === chosen))
    if (list.length === 0) return null
    return [{ value: '', label: t`anybody who may be written to` }, ...list.map((p) => ({ value: p.key, label: p.retiredAt ? t`yes to “${p.name}” (retired)` : t`yes to “${p.name}”` }))]
  }
  const emailChoices = email ? choices('EMAIL', step.emailPreference) : null
  const letterChoices = letter ? choices('LETTER', step.letterPreference) : null
  const help = <Trans>Only those who said yes to it as well, or whom the law lets you write to as customers; never whoever said no to it. Nobody more gets it than without.</Trans>
  const emailChoice = emailChoices && (
    <Choice label={t`Who gets the e-mail of step ${number}`} value={step.emailPreference} data={emailChoices} change={(emailPreference: string) => put({ ...step, emailPreference })} field={`steps.${at}.emailPreference`} />
  )
  const letterChoice = letterChoices && (
    <Choice label={t`Who gets the letter of step ${number}`} value={step.letterPreference} data={letterChoices} change={(letterPreference: string) => put({ ...step, letterPreference })} field={`steps.${at}.letterPreference`} />
  )
  return (
    <>
      {emailChoice && (
        <Line fields={[`steps.${at}.emailPreference`]} help={help}>
          <Trans>The e-mail goes to: {emailChoice}</Trans>
        </Line>
      )}
      {letterChoice && (
        <Line fields={[`steps.${at}.letterPreference`]} help={emailChoice ? undefined : help}>
          <Trans>The letter goes to: {letterChoice}</Trans>
        </Line>
      )}
    </>
  )
}

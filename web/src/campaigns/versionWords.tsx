import { useLingui } from '@lingui/react/macro'
import type { CampaignPart, MessageVariant } from '../gql/graphql'
import { useFormat } from '../lib/format'

type Change = { part: CampaignPart; stepKey: string; variant: MessageVariant | null; language: string }

/** What was changed, in words: "step 2, variant B: the letter in French". */
export function useChangeText(steps: { key: string }[]): (change: Change) => string {
  const { t } = useLingui()
  const format = useFormat()
  const parts = (language: string): Record<CampaignPart, string> => ({
    EVENT: t`the event`,
    AUDIENCE: t`the audience`,
    REENTRY: t`when somebody may enter again`,
    HOLDOUT: t`the holdout`,
    BOUNDS: t`budgets and times`,
    LETTER_TERMS: t`the balancing test`,
    STEP_ADDED: t`new`,
    STEP_REMOVED: t`a step was removed`,
    STEP_ORDER: t`the order of the steps`,
    WAIT: t`the wait`,
    VARIANT: t`variant B added or removed`,
    ACTION: t`the label or task`,
    SHARE: t`the share of variant B`,
    PREFERENCE: t`the preference that people must have said yes to`,
    VOUCHER: t`the voucher`,
    EMAIL: t`the e-mail in ${language}`,
    LETTER: t`the letter in ${language}`,
  })
  return ({ part, stepKey, variant, language }) => {
    const what = parts(language && format.language(language))[part]
    const number = steps.findIndex((s) => s.key === stepKey) + 1
    if (number === 0) return what
    return variant ? t`step ${number}, variant ${variant}: ${what}` : t`step ${number}: ${what}`
  }
}

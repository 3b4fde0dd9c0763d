import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Textarea } from '@mantine/core'
import { Panel } from '../ui/Panel'
import css from './Builder.module.css'
import { AmountInput, Currency, Line, useRefused } from './fields'
import { type Draft, writesLetters } from './plan'

/** What holds for all letters of a campaign: why they are in order, to whom they go, and what they may cost. */
export function LetterBounds({ draft, put, currencies }: { draft: Draft; put: (draft: Draft) => void; currencies: string[] }) {
  const { t } = useLingui()
  if (!writesLetters(draft)) return null
  const daily = <AmountInput label={t`Cost of letters in a day at most`} value={draft.dailyLetterCost} change={(dailyLetterCost) => put({ ...draft, dailyLetterCost })} field="budget" />
  const total = <AmountInput label={t`Cost of letters in all at most`} value={draft.totalLetterCost} change={(totalLetterCost) => put({ ...draft, totalLetterCost })} field="budget" />
  const currency = <Currency value={draft.letterCostCurrency} currencies={currencies} change={(letterCostCurrency) => put({ ...draft, letterCostCurrency })} field="budget.currency" />
  return (
    <Panel title={<Trans>Letters</Trans>}>
      <div className={css.lines}>
        <BalancingTest value={draft.balancingTest} put={(balancingTest) => put({ ...draft, balancingTest })} />
        <Line help={<Trans>Without this, letters go only to people who bought at a shop of the same legal entity.</Trans>}>
          <Checkbox size="xs" label={t`Letters also go to people who never bought`} checked={draft.letterProspects} onChange={(e) => put({ ...draft, letterProspects: e.currentTarget.checked })} />
        </Line>
        <Line fields={['budget', 'budget.currency']} help={<Trans>By what the printer asks for a letter. Empty: no limit.</Trans>}>
          <Trans>
            Spend {daily} a day and {total} in all at most, in {currency}
          </Trans>
        </Line>
      </div>
    </Panel>
  )
}

function BalancingTest({ value, put }: { value: string; put: (text: string) => void }) {
  const { t } = useLingui()
  const refused = useRefused('letters.balancingTest')
  const suggestion = t`We write to our own customers by post to tell them of offers that fit what they bought. A letter is a mild means: it is read when it suits, follows nobody and can be thrown away. We use only the name, the postal address and past orders, which people gave us for their orders and of whose use for advertising they were told. Every letter says how to object, and whoever objects gets no more. No interest of the recipients is seen that would outweigh this.`
  return (
    <div className={css.test}>
      <Textarea
        label={t`Balancing test`}
        description={t`Advertising by post rests on your legitimate interest (GDPR 6 (1) f). Say what you want, why a letter is suitable, and why it does not go against the recipients’ interests. It is kept with the campaign; nobody else reads it.`}
        autosize
        minRows={4}
        maxRows={12}
        maxLength={4000}
        value={value}
        error={refused}
        onChange={(e) => put(e.currentTarget.value)}
      />
      {value.trim() === '' && (
        <div>
          <Button variant="default" size="compact-sm" onClick={() => put(suggestion)}>
            <Trans>Start from a suggestion</Trans>
          </Button>
        </div>
      )}
    </div>
  )
}

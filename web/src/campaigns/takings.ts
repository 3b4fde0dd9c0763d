import type { StepFiguresFragment } from '../gql/graphql'

type Taken = StepFiguresFragment['takings'][number]

const nothing = {
  orders: 0,
  revenue: '0',
  returned: '0',
  margin: null,
  goods: { pieces: 0, known: 0, late: 0, net: '0', cost: '0' },
}

/** What is taken in a currency; nothing where nothing was. */
export function takenIn(currency: string, list: Taken[]): Taken {
  return (
    list.find((x) => x.currency === currency) ?? {
      currency,
      byCode: nothing,
      byMatchBack: nothing,
      discount: '0',
      unknownDiscounts: 0,
      print: '0',
    }
  )
}

import type { ProfileFilter } from '../gql/graphql'

/** Who is ticked in the list: some people, or all who match. */
export type Chosen = { ids: ReadonlySet<string>; all: boolean }

export const nobody: Chosen = { ids: new Set(), all: false }

/** How many can be named one by one. */
export const mostIds = 250

/** Ticks or unticks people; from "all" one goes back to naming them. */
export function choose(chosen: Chosen, ids: string[], on: boolean): Chosen {
  const next = new Set(chosen.all ? [] : chosen.ids)
  for (const id of ids) {
    if (!on) next.delete(id)
    else if (next.size < mostIds) next.add(id)
  }
  return { ids: next, all: false }
}

/** The people as the server wants them named; expected is how many were shown to whoever confirms. */
export function peopleOf(chosen: Chosen, filter: ProfileFilter | undefined, asSegment: boolean, expected: number) {
  return chosen.all ? { filter: filter ?? {}, asSegment, expected } : { ids: [...chosen.ids] }
}

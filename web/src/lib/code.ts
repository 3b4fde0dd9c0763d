/** Whether words may be a voucher's code or a letter's reference, or part of one, as somebody reads it out. */
export function looksLikeCode(words: string): boolean {
  return /^[A-Za-z0-9]{4,60}$/.test(words.replace(/[\s-]/g, ''))
}

type Hit = { profileId: string }

/** The one message that the words can mean, where they name nobody else. */
export function onlyHit<T extends Hit>(hits: readonly T[], people: readonly { id: string }[]): T | null {
  const [newest] = hits
  if (!newest || hits.some((h) => h.profileId !== newest.profileId) || people.some((p) => p.id !== newest.profileId)) return null
  return newest
}

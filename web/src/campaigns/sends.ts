/** By what a message goes: both is a letter where e-mail is not allowed. */
export type Sends = 'email' | 'letter' | 'both'

/** By what a step writes, as it has texts. */
export function sendsOf({ email, letter }: { email: unknown[]; letter: unknown[] }): Sends {
  if (letter.length === 0) return 'email'
  return email.length === 0 ? 'letter' : 'both'
}

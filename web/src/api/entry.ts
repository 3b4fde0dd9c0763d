import type { SentencePartsFragment } from '../gql/graphql'

/** What the server says about getting in: plain HTTP, since GraphQL needs somebody who is in already. */
export type EntryError = { code: string; field?: string; message?: string; cause?: SentencePartsFragment; retryAfter?: number }
export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; error: EntryError }

export type EntryState = { setup: boolean; setupNeedsToken: boolean; signedIn: boolean; enrolTwoFactor: boolean }
/** What starts a session: nothing where a second factor is to be asked for first. */
export type Entered = { signedIn: boolean; enrolTwoFactor: boolean }
export type LinkState = { kind: 'INVITE' | 'RESET'; email: string }

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer<T>> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(25_000),
    })
  } catch {
    return { ok: false, status: 0, error: { code: 'UNREACHABLE' } }
  }
  const text = await response.text()
  let parsed: unknown = {}
  try {
    parsed = text ? JSON.parse(text) : {}
  } catch {
    // An answer that is no JSON comes from something in between: its status has to do.
  }
  if (response.ok) return { ok: true, value: parsed as T }
  const error = (parsed as { error?: EntryError }).error ?? { code: response.status >= 500 ? 'UNREACHABLE' : 'UNKNOWN' }
  return { ok: false, status: response.status, error }
}

export const entry = {
  state: () => call<EntryState>('GET', '/auth/state'),
  setup: (input: { merchant: string; name: string; email: string; password: string; token?: string }) => call<Entered>('POST', '/auth/setup', input),
  signIn: (input: { email: string; password: string; code?: string }) =>
    call<Entered>('POST', '/auth/sign-in', input),
  signOut: () => call<unknown>('POST', '/auth/sign-out', {}),
  link: (token: string) => call<LinkState>('GET', `/auth/link?token=${encodeURIComponent(token)}`),
  followLink: (input: { token: string; name?: string; password: string }) => call<Entered>('POST', '/auth/link', input),
  changePassword: (input: { oldPassword: string; password: string }) => call<unknown>('POST', '/auth/password', input),
  startTwoFactor: () => call<{ secret: string; uri: string }>('POST', '/auth/two-factor/start', {}),
  confirmTwoFactor: (code: string) => call<{ recoveryCodes: string[] }>('POST', '/auth/two-factor/confirm', { code }),
  stopTwoFactor: (password: string) => call<unknown>('POST', '/auth/two-factor/stop', { password }),
}

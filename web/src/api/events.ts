import { tellSignedOut } from './signedOut'

/**
 * Reads a GraphQL subscription over server-sent events until it completes. EventSource cannot be used: it only
 * knows GET.
 */
export async function readEvents(url: string, body: unknown, signal: AbortSignal, next: (data: unknown) => void): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
  if (response.status === 401) tellSignedOut()
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let pending = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    pending += value
    const events = pending.split(/\r?\n\r?\n/)
    pending = events.pop() ?? ''
    for (const text of events) {
      const event = parseEvent(text)
      if (event.name === 'complete') return
      if (event.data) next(JSON.parse(event.data))
    }
  }
}

export function parseEvent(text: string): { name: string; data: string } {
  let name = 'message'
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('event:')) name = line.slice(6).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
  }
  return { name, data: data.join('\n') }
}

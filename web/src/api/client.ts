import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange } from 'urql'
import { readEvents } from './events'
import { tellSignedOut } from './signedOut'

const endpoint = '/graphql'

// The server speaks server-sent events where they are accepted, so plain requests must not say so. Options of one
// request replace the client's own, so they need it too.
export const plain = { accept: 'application/graphql-response+json, application/json' }

/** A request that is not answered in time fails, instead of leaving the page waiting. */
const patience = 25_000

const patientFetch: typeof fetch = async (input, init) => {
  const tooLong = AbortSignal.timeout(patience)
  const signal = init?.signal ? AbortSignal.any([init.signal, tooLong]) : tooLong
  const response = await fetch(input, { ...init, signal })
  if (response.status === 401) tellSignedOut()
  return response
}

export function makeClient(): Client {
  return new Client({
    url: endpoint,
    preferGetMethod: false,
    fetch: patientFetch,
    fetchOptions: { headers: plain, credentials: 'same-origin' },
    exchanges: [
      mapExchange({
        onError(error) {
          const code = error.graphQLErrors[0]?.extensions?.code
          if (code === 'UNAUTHORIZED' || code === 'TWO_FACTOR_REQUIRED') tellSignedOut()
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe(sink) {
            const stop = new AbortController()
            readEvents(endpoint, { query: request.query, variables: request.variables }, stop.signal, (data) => sink.next(data as never))
              .then(() => sink.complete())
              .catch((e: unknown) => stop.signal.aborted || sink.error(e as Error))
            return { unsubscribe: () => stop.abort() }
          },
        }),
      }),
    ],
  })
}

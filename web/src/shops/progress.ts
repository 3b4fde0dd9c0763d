import { useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { type RunPartsFragment, SyncProgressDocument } from '../gql/graphql'

const again = 3_000

export function isActive(run: RunPartsFragment | undefined): boolean {
  return run !== undefined && (run.state === 'QUEUED' || run.state === 'RUNNING' || run.state === 'PAUSED')
}

/** The shop's latest pull as it moves. `ended` is called when it has ended, to read the rest anew. */
export function useProgress(shopId: string, latest: RunPartsFragment | undefined, ended: () => void): RunPartsFragment | undefined {
  const client = useClient()
  const [live, setLive] = useState<RunPartsFragment | undefined>()
  const end = useRef(ended)
  useEffect(() => {
    end.current = ended
  })
  const active = isActive(latest)
  const runId = latest?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run is another thing to listen to
  useEffect(() => {
    if (!active) {
      setLive(undefined)
      return
    }
    let timer = 0
    let stopped = false
    let stop = () => {}
    const listen = () => {
      let last: RunPartsFragment | undefined
      const subscription = client.subscription(SyncProgressDocument, { shopId }).subscribe((result) => {
        if (stopped) return
        if (result.data) {
          last = result.data.syncProgress
          setLive(last)
          if (!isActive(last)) end.current()
        } else if (result.error) {
          // The connection broke: whoever pulls goes on, so we listen again.
          window.clearTimeout(timer)
          timer = window.setTimeout(listen, again)
        }
      })
      stop = () => subscription.unsubscribe()
    }
    listen()
    return () => {
      stopped = true
      window.clearTimeout(timer)
      stop()
    }
  }, [active, runId, shopId, client])
  return live && live.id === runId ? live : latest
}

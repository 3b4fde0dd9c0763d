import { Trans } from '@lingui/react/macro'
import { type CombinedError, useMutation } from 'urql'
import { tell } from '../app/toasts'
import { CancelSyncDocument, PauseSyncDocument, ResumeSyncDocument, SyncShopDocument } from '../gql/graphql'
import { toldRefusal } from '../ui/Form'

/** What can be done about pulls. Each tells how it went, and whether it worked. */
export function useSyncActs(changed: () => void) {
  const [, sync] = useMutation(SyncShopDocument)
  const [, pause] = useMutation(PauseSyncDocument)
  const [, resume] = useMutation(ResumeSyncDocument)
  const [, cancel] = useMutation(CancelSyncDocument)

  /** Tells a refusal; otherwise reads anew what was changed. */
  function worked(payload: Parameters<typeof toldRefusal>[0], error: CombinedError | undefined): boolean {
    if (toldRefusal(payload, error)) return false
    changed()
    return true
  }
  const acts = {
    sync: async (shopId: string, full: boolean) => {
      const { data, error } = await sync({ shopId, full })
      if (worked(data?.syncShop, error)) tell(full ? <Trans>Everything is pulled anew.</Trans> : <Trans>Changes are pulled.</Trans>)
    },
    pause: async (runId: string) => {
      const { data, error } = await pause({ runId })
      if (worked(data?.pauseSync, error)) tell(<Trans>Paused after the current page.</Trans>, () => acts.resume(runId))
    },
    resume: async (runId: string) => {
      const { data, error } = await resume({ runId })
      if (worked(data?.resumeSync, error)) tell(<Trans>The pull goes on where it stopped.</Trans>)
    },
    cancel: async (runId: string) => {
      const { data, error } = await cancel({ runId })
      if (worked(data?.cancelSync, error)) tell(<Trans>The pull is cancelled. What it stored stays.</Trans>)
    },
  }
  return acts
}

import { Trans } from '@lingui/react/macro'
import { useMutation } from 'urql'
import { tell, tellFailed } from '../app/toasts'
import { CancelSyncDocument, PauseSyncDocument, type RunPartsFragment, ResumeSyncDocument, SyncShopDocument } from '../gql/graphql'
import { errorCode, Reason } from '../ui/states'

type Answer = {
  data?: Record<string, { run: RunPartsFragment | null; errors: { code: string; message: string }[] } | undefined>
  error?: Parameters<typeof errorCode>[0]
}

/** What can be done about pulls. Each tells how it went, and whether it worked. */
export function useSyncActs(changed: () => void) {
  const [, sync] = useMutation(SyncShopDocument)
  const [, pause] = useMutation(PauseSyncDocument)
  const [, resume] = useMutation(ResumeSyncDocument)
  const [, cancel] = useMutation(CancelSyncDocument)

  function worked({ data, error }: Answer): boolean {
    const refused = Object.values(data ?? {})[0]?.errors[0]
    if (!refused && !error) {
      changed()
      return true
    }
    const unreachable = error && error.graphQLErrors.length === 0
    tellFailed(
      unreachable ? (
        <Trans>Relance does not answer. Nothing was changed.</Trans>
      ) : (
        <Reason code={refused?.code ?? (error ? errorCode(error) : '')} message={refused?.message ?? error?.graphQLErrors[0]?.message} />
      ),
    )
    return false
  }
  const acts = {
    sync: async (shopId: string, full: boolean) => {
      if (worked((await sync({ shopId, full })) as Answer)) tell(full ? <Trans>Everything is pulled anew.</Trans> : <Trans>Changes are pulled.</Trans>)
    },
    pause: async (runId: string) => {
      if (worked((await pause({ runId })) as Answer)) tell(<Trans>Paused after the current page.</Trans>, () => acts.resume(runId))
    },
    resume: async (runId: string) => {
      if (worked((await resume({ runId })) as Answer)) tell(<Trans>The pull goes on where it stopped.</Trans>)
    },
    cancel: async (runId: string) => {
      if (worked((await cancel({ runId })) as Answer)) tell(<Trans>The pull is cancelled. What it stored stays.</Trans>)
    },
  }
  return acts
}

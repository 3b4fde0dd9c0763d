import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { useLocation, useSearch } from 'wouter'
import { onSignedOut } from '../api/signedOut'
import { type Role, ViewerDocument, type ViewerQuery } from '../gql/graphql'
import { Failure, Splash } from '../ui/states'

export type { Role }

const ranks: Record<Role, number> = { OWNER: 4, MARKETER: 3, CLERK: 2, READER: 1 }

export type Session = {
  merchant: ViewerQuery['viewer']['merchant']
  /** Nobody where a token stands in for a person. */
  user: ViewerQuery['viewer']['user']
  role: Role
  /** Whether the role includes another. */
  can: (role: Role) => boolean
  /** Reads anew who looks. */
  reload: () => void
}

const SessionContext = createContext<Session | null>(null)

/** Who looks, and for which merchant. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside of SessionGate')
  return session
}

/** Shows the dashboard to whoever is signed in, and the way in to others. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [signedOut, setSignedOut] = useState(false)
  const [location, navigate] = useLocation()
  const search = useSearch()
  const [{ data, error, fetching }, ask] = useQuery({ query: ViewerDocument })
  useEffect(() => onSignedOut(() => setSignedOut(true)), [])
  useEffect(() => {
    if (!signedOut) return
    const place = search ? `${location}?${search}` : location
    navigate(place === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(place)}`, { replace: true })
  }, [signedOut, location, search, navigate])

  if (signedOut) return <Splash />
  const viewer = data?.viewer
  const reload = () => ask({ requestPolicy: 'network-only' })
  if (viewer) {
    const { merchant, user, role } = viewer
    return <SessionContext value={{ merchant, user, role, can: (r) => ranks[role] >= ranks[r], reload }}>{children}</SessionContext>
  }
  if (error && !fetching) return <Failure error={error} retry={reload} page />
  return <Splash />
}

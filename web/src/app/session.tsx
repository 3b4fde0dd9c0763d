import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { useLocation, useSearch } from 'wouter'
import { onSignedOut } from '../api/signedOut'
import { MerchantDocument } from '../gql/graphql'
import { Failure, Splash } from '../ui/states'

export type Role = 'OWNER' | 'MARKETER' | 'CLERK' | 'READER'

const ranks: Record<Role, number> = { OWNER: 4, MARKETER: 3, CLERK: 2, READER: 1 }

export type Session = {
  merchant: { id: string; name: string; mainCurrency: string }
  /** Nobody where a token stands in for a person. */
  user: { id: string; name: string; email: string; twoFactor: boolean } | null
  role: Role
  /** Whether the role includes another. */
  can: (role: Role) => boolean
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
  const [{ data, error, fetching }, reload] = useQuery({ query: MerchantDocument })

  useEffect(() => onSignedOut(() => setSignedOut(true)), [])
  useEffect(() => {
    if (!signedOut) return
    const place = search ? `${location}?${search}` : location
    navigate(`/sign-in?to=${encodeURIComponent(place)}`, { replace: true })
  }, [signedOut, location, search, navigate])

  if (signedOut) return <Splash />
  if (data) {
    const role: Role = 'OWNER'
    return <SessionContext value={{ merchant: data.merchant, user: null, role, can: (r) => ranks[role] >= ranks[r] }}>{children}</SessionContext>
  }
  if (error && !fetching) return <Failure error={error} retry={() => reload({ requestPolicy: 'network-only' })} page />
  return <Splash />
}

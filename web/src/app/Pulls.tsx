import { Plural } from '@lingui/react/macro'
import { useEffect } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { ShopNamesDocument } from '../gql/graphql'
import css from './Pulls.module.css'

const every = 15_000

/** Says that shops are being pulled, wherever one is. */
export function Pulls() {
  const [{ data }, ask] = useQuery({ query: ShopNamesDocument })
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') ask({ requestPolicy: 'network-only' })
    }, every)
    return () => window.clearInterval(timer)
  }, [ask])
  const pulling = data?.shops.filter((s) => s.state === 'PULLING').length ?? 0
  const failing = data?.shops.filter((s) => s.state === 'ATTENTION').length ?? 0
  return (
    <p className={css.pulls} aria-live="polite">
      {failing > 0 && (
        <Link href="/shops" className={css.failing}>
          <Plural value={failing} one="# shop needs attention" other="# shops need attention" />
        </Link>
      )}
      {pulling > 0 && (
        <Link href="/shops" className={css.pulling}>
          <Plural value={pulling} one="# pull is running" other="# pulls are running" />
        </Link>
      )}
    </p>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { entry } from '../api/entry'
import { useAddress } from '../lib/address'
import { safePlace } from '../lib/link'
import { EnrolTwoFactor } from '../settings/TwoFactor'
import { EntryPage } from './EntryPage'
import css from './EntryPage.module.css'

/** Where owners set up their second factor, before anything else. */
export default function Enrol({ enter }: { enter: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [address] = useAddress()
  const [ready, setReady] = useState(false)
  const place = safePlace(address.get('to'))
  useEffect(() => {
    entry.state().then((state) => {
      if (state.ok && !state.value.signedIn) navigate('/sign-in', { replace: true })
      else if (state.ok && !state.value.enrolTwoFactor) navigate(place, { replace: true })
      else setReady(true)
    })
  }, [navigate, place])
  return (
    <EntryPage title={t`Two-factor sign-in`} wide>
      <p className={css.intro}>
        <Trans>Owners must sign in with a second factor. Set it up now.</Trans>
      </p>
      {ready && (
        <EnrolTwoFactor
          done={() => {
            enter()
            navigate(place, { replace: true })
          }}
        />
      )}
      <Button
        variant="subtle"
        mt="md"
        onClick={async () => {
          await entry.signOut()
          navigate('/sign-in', { replace: true })
        }}
      >
        <Trans>Sign out</Trans>
      </Button>
    </EntryPage>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { Page } from '../ui/Page'
import { Empty } from '../ui/states'

export default function NotFound() {
  const { t } = useLingui()
  return (
    <Page title={t`No such page`}>
      <Empty
        title={<Trans>There is nothing at this address</Trans>}
        action={
          <Button component={Link} href="/" variant="default">
            <Trans>Go to the overview</Trans>
          </Button>
        }
      >
        <Trans>The address may be mistyped, or the page has moved.</Trans>
      </Empty>
    </Page>
  )
}

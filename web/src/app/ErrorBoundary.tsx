import { Trans } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { Empty } from '../ui/states'

/** Keeps a fault in one screen from taking the frame with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean; place: string }> {
  override state = { failed: false, place: location.pathname }

  static getDerivedStateFromError() {
    return { failed: true, place: location.pathname }
  }

  override componentDidUpdate() {
    // Another address is another screen.
    if (this.state.failed && this.state.place !== location.pathname) this.setState({ failed: false, place: location.pathname })
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <Empty
        title={<Trans>This page broke</Trans>}
        action={
          <Button variant="default" onClick={() => location.reload()}>
            <Trans>Load it again</Trans>
          </Button>
        }
      >
        <Trans>Nothing was lost: what was saved is saved. A new version of Relance may have been installed meanwhile.</Trans>
      </Empty>
    )
  }
}

import { i18n } from '@lingui/core'
import { I18nProvider, useLingui } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { setNonce } from 'get-nonce'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import { Provider } from 'urql'
import { Route, Switch } from 'wouter'
import { makeClient } from '../api/client'
import { Skeleton, Splash } from '../ui/states'
import { ErrorBoundary } from './ErrorBoundary'
import { Frame } from './Frame'
import { SessionGate } from './session'
import { Toasts } from './toasts'
import { themeIn, variables } from './theme'

const Overview = lazy(() => import('../overview/Overview'))
const Customers = lazy(() => import('../customers/Customers'))
const Groups = lazy(() => import('../customers/Groups'))
const Outstanding = lazy(() => import('../customers/Outstanding'))
const MembershipTypes = lazy(() => import('../customers/MembershipTypes'))
const Tasks = lazy(() => import('../tasks/Tasks'))
const Privacy = lazy(() => import('../privacy/Privacy'))
const PrivacyRequest = lazy(() => import('../privacy/Request'))
const Imports = lazy(() => import('../imports/Imports'))
const ImportOne = lazy(() => import('../imports/ImportOne'))
const Customer = lazy(() => import('../customer/Customer'))
const Orders = lazy(() => import('../orders/Orders'))
const OrdersWithoutCustomer = lazy(() => import('../orders/OrdersWithoutCustomer'))
const Carts = lazy(() => import('../carts/Carts'))
const Campaigns = lazy(() => import('../campaigns/Campaigns'))
const Segments = lazy(() => import('../campaigns/Segments'))
const Report = lazy(() => import('../campaigns/Report'))
const Campaign = lazy(() => import('../campaigns/Campaign'))
const NewCampaign = lazy(() => import('../campaigns/Builder').then((m) => ({ default: m.NewCampaign })))
const EditCampaign = lazy(() => import('../campaigns/Builder').then((m) => ({ default: m.EditCampaign })))
const Letters = lazy(() => import('../letters/Letters'))
const Batches = lazy(() => import('../letters/Batches'))
const Addresses = lazy(() => import('../letters/Addresses'))
const Shops = lazy(() => import('../shops/Shops'))
const Shop = lazy(() => import('../shops/Shop'))
const Settings = lazy(() => import('../settings/Settings'))
const NotFound = lazy(() => import('./NotFound'))
const SignIn = lazy(() => import('../entry/SignIn'))
const Setup = lazy(() => import('../entry/Setup'))
const Enrol = lazy(() => import('../entry/Enrol'))
const FollowLink = lazy(() => import('../entry/FollowLink'))

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''
// Dialogs keep the page behind them from scrolling with a style of their own.
setNonce(nonce)

export function App() {
  // Whoever signs in starts with an empty cache: it may be somebody else.
  const [visit, setVisit] = useState(0)
  const enter = () => setVisit((n) => n + 1)
  return (
    <I18nProvider i18n={i18n}>
      <Themed>
        <ErrorBoundary>
          <Suspense fallback={<Splash />}>
            <Switch>
              <Route path="/sign-in">
                <SignIn enter={enter} />
              </Route>
              <Route path="/setup">
                <Setup enter={enter} />
              </Route>
              <Route path="/two-factor">
                <Enrol enter={enter} />
              </Route>
              <Route path="/link">
                <FollowLink enter={enter} />
              </Route>
              <Route>
                <Dashboard key={visit} />
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
        <Toasts />
      </Themed>
    </I18nProvider>
  )
}

function Themed({ children }: { children: ReactNode }) {
  const { locale } = useLingui().i18n
  const theme = useMemo(() => themeIn(locale), [locale])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      {children}
    </MantineProvider>
  )
}

function Dashboard() {
  const [client] = useState(makeClient)
  return (
    <Provider value={client}>
      <SessionGate>
        <Frame>
          <ErrorBoundary>
            <Suspense fallback={<Skeleton rows={10} />}>
              <Switch>
                <Route path="/" component={Overview} />
                <Route path="/customers" component={Customers} />
                <Route path="/orders" component={Orders} />
                <Route path="/orders-without-customer" component={OrdersWithoutCustomer} />
                <Route path="/customers/groups" component={Groups} />
                <Route path="/customers/outstanding" component={Outstanding} />
                <Route path="/customers/memberships" component={MembershipTypes} />
                <Route path="/tasks" component={Tasks} />
                <Route path="/privacy" component={Privacy} />
                <Route path="/privacy/:id">{({ id }) => <PrivacyRequest key={id} id={id} />}</Route>
                <Route path="/customers/import" component={Imports} />
                <Route path="/customers/import/:id">{({ id }) => <ImportOne key={id} id={id} />}</Route>
                <Route path="/customers/:id">{({ id }) => <Customer key={id} id={id} />}</Route>
                <Route path="/carts" component={Carts} />
                <Route path="/campaigns" component={Campaigns} />
                <Route path="/campaigns/segments" component={Segments} />
                <Route path="/campaigns/report" component={Report} />
                <Route path="/campaigns/new" component={NewCampaign} />
                <Route path="/campaigns/:id">{({ id }) => <Campaign key={id} id={id} />}</Route>
                <Route path="/campaigns/:id/results">{({ id }) => <Campaign key={id} id={id} part="results" />}</Route>
                <Route path="/campaigns/:id/versions">{({ id }) => <Campaign key={id} id={id} part="versions" />}</Route>
                <Route path="/campaigns/:id/edit">{({ id }) => <EditCampaign key={id} id={id} />}</Route>
                <Route path="/letters" component={Letters} />
                <Route path="/letters/batches" component={Batches} />
                <Route path="/letters/addresses" component={Addresses} />
                <Route path="/shops" component={Shops} />
                <Route path="/shops/:id">{({ id }) => <Shop key={id} id={id} />}</Route>
                <Route path="/settings/:part?">{({ part }) => <Settings part={part} />}</Route>
                <Route component={NotFound} />
              </Switch>
            </Suspense>
          </ErrorBoundary>
        </Frame>
      </SessionGate>
    </Provider>
  )
}

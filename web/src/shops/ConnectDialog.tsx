import { Trans, useLingui } from '@lingui/react/macro'
import { Button, Modal, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useMutation } from 'urql'
import { useLocation } from 'wouter'
import { ConnectPrestaShopDocument, ConnectShopifyDocument, type MissingRightPartsFragment, type Platform, SyncShopDocument } from '../gql/graphql'
import type { Refusal } from '../ui/Form'
import { platformNames } from '../ui/parts'
import { errorCode, isUnreachable, Reason } from '../ui/states'
import css from './ConnectDialog.module.css'
import { Rights } from './Rights'

type Connected = { id: string; name: string; missingRightsHelp: MissingRightPartsFragment[] }

/** Connects a shop: the server talks to it before anything is stored. */
export default function ConnectDialog({ close, connected, shop }: { close: () => void; connected: () => void; shop?: { platform: Platform; url: string } }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [platform, setPlatform] = useState<Platform>(shop?.platform ?? 'SHOPIFY')
  const [way, setWay] = useState<'token' | 'client'>('token')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [result, setResult] = useState<Connected | null>(null)
  const [busy, setBusy] = useState(false)
  const [, connectPresta] = useMutation(ConnectPrestaShopDocument)
  const [, connectShopify] = useMutation(ConnectShopifyDocument)
  const [, sync] = useMutation(SyncShopDocument)
  const [values, setValues] = useState<Record<string, string>>({ url: shop?.url ?? '' })
  const field = (name: string) => ({
    value: values[name] ?? '',
    onChange: (e: { currentTarget: { value: string } }) => setValues({ ...values, [name]: e.currentTarget.value }),
    error: refusal?.field === name ? <Reason {...refusal} /> : undefined,
  })
  const text = (name: string) => values[name]?.trim() || null

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setRefusal(null)
    const name = text('name')
    const answer =
      platform === 'PRESTASHOP'
        ? await connectPresta({ input: { url: text('url') ?? '', key: text('key') ?? '', name, shopId: text('shopId') } }).then((r) => ({ ...r, payload: r.data?.connectPrestaShop }))
        : await connectShopify({
            input: {
              domain: text('url') ?? '',
              name,
              ...(way === 'token' ? { accessToken: text('accessToken'), apiSecretKey: text('apiSecretKey') } : { clientId: text('clientId'), clientSecret: text('clientSecret') }),
            },
          }).then((r) => ({ ...r, payload: r.data?.connectShopify }))
    setBusy(false)
    const refused = answer.payload?.errors[0]
    if (refused) setRefusal({ ...refused, field: refused.field === 'domain' ? 'url' : refused.field })
    else if (answer.payload?.shop) {
      connected()
      if (answer.payload.shop.missingRightsHelp.length > 0) setResult(answer.payload.shop)
      else await pull(answer.payload.shop.id)
    } else if (answer.error) {
      setRefusal({
        field: null,
        code: isUnreachable(answer.error) ? 'UNREACHABLE' : errorCode(answer.error),
        message: isUnreachable(answer.error) ? t`Relance does not answer. Try again.` : (answer.error.graphQLErrors[0]?.message ?? ''),
      })
    }
  }

  async function pull(shopId: string) {
    setBusy(true)
    await sync({ shopId })
    setBusy(false)
    connected()
    // In the place of the dialog's own address: going back must not open it again.
    navigate(`/shops/${shopId}`, { replace: true })
  }

  const known = ['url', 'key', 'shopId', 'accessToken', 'apiSecretKey', 'clientId', 'clientSecret', 'name']
  return (
    <Modal
      opened
      onClose={close}
      title={shop ? t`New credentials` : t`Connect a shop`}
      closeButtonProps={{ 'aria-label': t`Close` }}
      closeOnClickOutside={false}
    >
      {result ? (
        <div className={css.form}>
          <p className={css.good}>
            <CircleCheck size={16} aria-hidden /> <Trans>{result.name} is connected.</Trans>
          </p>
          <p>
            <Trans>Some rights are missing. What they stand for is not pulled until they are granted:</Trans>
          </p>
          <Rights rights={result.missingRightsHelp} />
          <div className={css.buttons}>
            <Button variant="default" loading={busy} onClick={submit as never}>
              <Trans>Check again</Trans>
            </Button>
            <Button loading={busy} onClick={() => pull(result.id)}>
              <Trans>Pull what is allowed</Trans>
            </Button>
          </div>
        </div>
      ) : (
        <form className={css.form} onSubmit={submit}>
          {!shop && (
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label={t`Platform`}
              value={platform}
              onChange={(v) => {
                setPlatform(v as Platform)
                setRefusal(null)
              }}
              data={(['SHOPIFY', 'PRESTASHOP'] as const).map((value) => ({ value, label: platformNames[value] }))}
            />
          )}
          {platform === 'SHOPIFY' ? (
            <>
              <TextInput data-autofocus required label={t`Shop domain`} placeholder="example.myshopify.com" autoComplete="off" spellCheck={false} {...field('url')} />
              <SegmentedControl
                size="xs"
                aria-label={t`Credentials`}
                value={way}
                onChange={(v) => setWay(v as typeof way)}
                data={[
                  { value: 'token', label: t`Access token` },
                  { value: 'client', label: t`Client id and secret` },
                ]}
              />
              {way === 'token' ? (
                <>
                  <PasswordInput
                    required
                    label={t`Admin API access token`}
                    description={t`In the shop: Settings, Apps, Develop apps, your app, API credentials.`}
                    autoComplete="off"
                    {...field('accessToken')}
                  />
                  <PasswordInput
                    label={t`API secret key`}
                    description={
                      shop
                        ? t`Beside the token. Shopify signs its webhooks with it. Where this is empty, the one that is stored stays.`
                        : t`Beside the token. Shopify signs its webhooks with it: without it Relance does not hear who wants to be erased. It can be entered later.`
                    }
                    autoComplete="off"
                    {...field('apiSecretKey')}
                  />
                </>
              ) : (
                <>
                  <TextInput required label={t`Client id`} description={t`In the app’s settings in your developer dashboard.`} autoComplete="off" {...field('clientId')} />
                  <PasswordInput required label={t`Client secret`} autoComplete="off" {...field('clientSecret')} />
                </>
              )}
            </>
          ) : (
            <>
              <TextInput
                data-autofocus
                required
                label={t`Address of the shop`}
                placeholder="https://shop.example.com"
                autoComplete="off"
                spellCheck={false}
                {...field('url')}
              />
              <PasswordInput
                required
                label={t`Webservice key`}
                description={t`In the back office: Advanced Parameters, Webservice. 32 characters.`}
                autoComplete="off"
                {...field('key')}
              />
              <TextInput
                label={t`Shop id`}
                description={t`Only with multishop: which of its shops. The default one where this is empty.`}
                inputMode="numeric"
                autoComplete="off"
                {...field('shopId')}
              />
            </>
          )}
          {!shop && <TextInput label={t`Name`} description={t`The shop’s own where this is empty.`} autoComplete="off" maxLength={100} {...field('name')} />}
          {refusal && !known.includes(refusal.field ?? '') && (
            <p className={css.bad} role="alert">
              <CircleAlert size={16} aria-hidden />
              <span>
                <Reason {...refusal} />
              </span>
            </p>
          )}
          <div className={css.buttons}>
            <Button variant="default" onClick={close}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={busy}>
              <Trans>Test and connect</Trans>
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

import { Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { ShopLogoDocument, type ShopLogoQuery, ShopLogoRemoveDocument, ShopLogoSetDocument } from '../gql/graphql'
import { useFormat } from '../lib/format'
import { type Refusal, RefusalText, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Failure, Skeleton } from '../ui/states'
import css from './Logo.module.css'

type Seen = NonNullable<NonNullable<ShopLogoQuery['shop']>['logo']>

/** What the server takes at most; a larger file is not worth sending. */
const most = 512 * 1024

/** The picture at the head of a shop's e-mails: chosen, looked at, taken away. */
export function Logo({ shopId, name }: { shopId: string; name: string }) {
  const [{ data, error, fetching }, ask] = useQuery({
    query: ShopLogoDocument,
    variables: { shopId },
    requestPolicy: 'network-only',
  })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <Panel title={<Trans>Logo</Trans>}>
      {error && !fetching ? (
        <Failure error={error} retry={again} />
      ) : data ? (
        <Chosen shopId={shopId} name={name} logo={data.shop?.logo ?? null} changed={again} />
      ) : (
        <Skeleton rows={2} />
      )}
    </Panel>
  )
}

function Chosen({ shopId, name, logo, changed }: { shopId: string; name: string; logo: Seen | null; changed: () => void }) {
  const { t } = useLingui()
  const input = useRef<HTMLInputElement>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [setting, set] = useMutation(ShopLogoSetDocument)
  const [removing, remove] = useMutation(ShopLogoRemoveDocument)
  async function choose(file: File) {
    if (file.size > most) {
      setRefusal({
        code: 'BAD_INPUT',
        field: 'file',
        message: '',
        cause: { code: 'LOGO_TOO_LARGE', params: [{ name: 'most', value: String(most / 1024) }] },
      })
      return
    }
    const { data, error } = await set({ shopId, file })
    const refused = refusalOf(data?.shopLogoSet, error)
    setRefusal(refused)
    if (refused) return
    tell(<Trans>The logo is set.</Trans>)
    changed()
  }
  async function takeAway() {
    const { data, error } = await remove({ shopId })
    const refused = refusalOf(data?.shopLogoRemove, error)
    setRefusal(refused)
    if (refused) return
    tell(<Trans>The logo is removed.</Trans>)
    changed()
  }
  return (
    <>
      <p className={css.intro}>
        <Trans>Stands at the head of this shop’s e-mails instead of its name. PNG or JPEG, at most 512 kB.</Trans>
      </p>
      {logo && <Shown logo={logo} name={name} />}
      {refusal && (
        <p className={css.refusal} role="alert">
          <RefusalText refusal={refusal} />
        </p>
      )}
      <div className={css.buttons}>
        <input
          ref={input}
          type="file"
          accept="image/png,image/jpeg"
          className="hidden-text"
          tabIndex={-1}
          aria-label={t`Logo`}
          onChange={(e) => {
            const file = e.currentTarget.files?.[0]
            e.currentTarget.value = '' // the same file can be chosen again
            if (file) choose(file)
          }}
        />
        <Button variant="default" loading={setting.fetching} onClick={() => input.current?.click()}>
          {logo ? <Trans>Choose another</Trans> : <Trans>Choose a logo</Trans>}
        </Button>
        {logo && (
          <Button variant="subtle" color="red" loading={removing.fetching} onClick={takeAway}>
            <Trans>Remove</Trans>
          </Button>
        )}
      </div>
    </>
  )
}

/** As the mail shows it; from this server, whatever the address that recipients are given. */
function Shown({ logo, name }: { logo: Seen; name: string }) {
  const format = useFormat()
  const path = new URL(logo.url, location.href).pathname
  return (
    <figure className={css.shown}>
      <img src={`${path}?v=${logo.digest.slice(0, 12)}`} alt={name} />
      <figcaption className="quiet">
        {logo.width} × {logo.height} px, {format.number(Math.max(1, Math.round(logo.bytes / 1024)))} kB
      </figcaption>
    </figure>
  )
}

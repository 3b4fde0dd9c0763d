import { Trans, useLingui } from '@lingui/react/macro'
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link } from 'wouter'
import { languageNames, languages } from '../app/language'
import { tell } from '../app/toasts'
import { ShopNamesDocument, ShopSettingsDocument, ShopSettingsUpdateDocument } from '../gql/graphql'
import { useAddress } from '../lib/address'
import { Form, refusalOf } from '../ui/Form'
import { Panel } from '../ui/Panel'
import { Empty, Failure, Skeleton } from '../ui/states'
import { Logo } from './Logo'
import { SenderCheck } from './SenderCheck'
import css from './Settings.module.css'
import { ShopLetters } from './ShopLetters'

type Values = Record<
  'legalEntity' | 'imprint' | 'senderName' | 'senderEmail' | 'replyTo' | 'language' | 'country' | 'noticeSince' | 'dkimSelector' | 'freeShippingFrom' | 'discreetCategories',
  string
>

/** For each shop: who is responsible, who writes, and in which language. */
export default function ShopSettings() {
  const { t } = useLingui()
  const [address, change] = useAddress()
  const [{ data }] = useQuery({ query: ShopNamesDocument })
  const shops = data?.shops ?? []
  const shop = shops.find((s) => s.id === address.get('shop')) ?? shops[0]
  if (!data) return <Skeleton />
  if (!shop) {
    return (
      <Empty
        title={<Trans>No shop is connected</Trans>}
        action={
          <Button component={Link} href="/shops?connect=shop">
            <Trans>Connect a shop</Trans>
          </Button>
        }
      >
        <Trans>Each shop has its own legal entity, sender and imprint.</Trans>
      </Empty>
    )
  }
  return (
    <>
      {shops.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={t`Shop`}
          value={shop.id}
          data={shops.map((s) => ({ value: s.id, label: s.name }))}
          onChange={(e) => change({ shop: e.currentTarget.value })}
        />
      )}
      <OneShop key={shop.id} id={shop.id} name={shop.name} />
    </>
  )
}

function OneShop({ id, name }: { id: string; name: string }) {
  const [saves, setSaves] = useState(0)
  const [{ data, error, fetching }, ask] = useQuery({
    query: ShopSettingsDocument,
    variables: { shopId: id },
    requestPolicy: 'network-only',
  })
  if (!data) {
    return (
      <Panel title={name}>
        {error && !fetching ? <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} /> : <Skeleton />}
      </Panel>
    )
  }
  if (!data.shop) return null
  const { legalEntity, imprint, senderName, senderEmail, replyTo, language, country, noticeSince, dkimSelector, freeShippingFrom, discreetCategories, letters } =
    data.shop.settings
  return (
    <>
      <Fields
        id={id}
        name={name}
        onSaved={() => {
          setSaves(saves + 1)
          ask({ requestPolicy: 'network-only' })
        }}
        saved={{
          legalEntity,
          imprint,
          senderName,
          senderEmail,
          replyTo,
          language,
          country,
          noticeSince: noticeSince ?? '',
          dkimSelector,
          freeShippingFrom: freeShippingFrom ?? '',
          discreetCategories: discreetCategories.join('\n'),
        }}
      />
      <ShopLetters shopId={id} saved={letters} legalEntity={legalEntity} done={() => ask({ requestPolicy: 'network-only' })} />
      <SenderCheck key={saves} shopId={id} />
      <Logo shopId={id} name={name} />
    </>
  )
}

/** What the fields say, as the API takes it. */
function toChange({ noticeSince, freeShippingFrom, discreetCategories, ...rest }: Values) {
  return {
    ...rest,
    noticeSince: noticeSince || null,
    freeShippingFrom: freeShippingFrom.trim().replace(',', '.') || '0',
    discreetCategories: discreetCategories.split('\n').filter((line) => line.trim()),
  }
}

function Fields({ id, name, saved, onSaved }: { id: string; name: string; saved: Values; onSaved: () => void }) {
  const { t } = useLingui()
  const [values, setValues] = useState(saved)
  const [, save] = useMutation(ShopSettingsUpdateDocument)
  return (
    <Panel title={name}>
      <Form
        fields={Object.keys(saved)}
        save={<Trans>Save</Trans>}
        submit={async () => {
          const { data, error } = await save({ shopId: id, settings: toChange(values) })
          const refusal = refusalOf(data?.shopSettingsUpdate, error)
          if (!refusal) {
            tell(<Trans>Saved.</Trans>)
            onSaved()
          }
          return refusal
        }}
      >
        {(errorOf) => {
          const field = (key: keyof Values) => ({
            value: values[key],
            error: errorOf(key),
            onChange: (e: { currentTarget: { value: string } }) => setValues({ ...values, [key]: e.currentTarget.value }),
          })
          return (
            <>
              <TextInput
                label={t`Legal entity`}
                description={t`Who is responsible for the data: the controller.`}
                maxLength={200}
                {...field('legalEntity')}
              />
              <div className={css.pair}>
                <TextInput label={t`Sender name`} maxLength={100} {...field('senderName')} />
                <TextInput type="email" label={t`Sender address`} {...field('senderEmail')} />
              </div>
              <TextInput type="email" label={t`Reply-to address`} {...field('replyTo')} />
              <TextInput
                label={t`DKIM selector`}
                description={t`Name of the key that the mail relay signs with, as it shows it. Empty: the server’s own.`}
                maxLength={63}
                {...field('dkimSelector')}
              />
              <Textarea
                label={t`Imprint`}
                description={t`Stands below every e-mail and letter.`}
                autosize
                minRows={3}
                maxRows={10}
                maxLength={4000}
                {...field('imprint')}
              />
              <NativeSelect
                label={t`Language`}
                description={t`In which customers are written to where theirs is not known.`}
                data={[
                  ...(saved.language ? [] : [{ value: '', label: t`Not chosen` }]),
                  ...languages.map((l) => ({ value: l as string, label: languageNames[l] })),
                ]}
                {...field('language')}
              />
              <TextInput
                label={t`Country`}
                description={t`Of customers whose record names none, as two letters: FR, DE. Which law holds for a message follows from it.`}
                maxLength={2}
                {...field('country')}
                onChange={(e) => setValues({ ...values, country: e.currentTarget.value.toUpperCase() })}
              />
              <TextInput
                type="date"
                label={t`Told about e-mails since`}
                description={t`Since when people are told, as they give their address, that they get e-mail on similar goods and may object. It is the ground of writing to existing customers without a consent. Empty: they are not told.`}
                {...field('noticeSince')}
              />
              <TextInput
                label={t`Shipping is free from`}
                description={t`Value of a cart with tax, in the shop’s currency. No voucher for free shipping is given for such a cart. Empty: as the shop itself tells; PrestaShop does.`}
                inputMode="decimal"
                maxLength={13}
                {...field('freeShippingFrom')}
              />
              <Textarea
                label={t`Discreet categories`}
                description={t`One per line, as the list of products shows them, such as: Wellness > Intimate. No message names a product of them or of the categories below them.`}
                autosize
                minRows={2}
                maxRows={10}
                {...field('discreetCategories')}
              />
            </>
          )
        }}
      </Form>
    </Panel>
  )
}

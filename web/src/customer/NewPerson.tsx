import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Modal, NativeSelect } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { tell } from '../app/toasts'
import { AddPersonDocument, PossibleDuplicatesDocument, ShopNamesDocument } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { Form, refusalOf } from '../ui/Form'
import { Addresses, detailFields, Name, Ways } from './DetailsFields'
import css from './DetailsFields.module.css'
import { type Draft, detailsOf, draftOf } from './typed'

/** Adds somebody whom no shop knows, after pointing out who is known already. */
export default function NewPerson({ close }: { close: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const [draft, put] = useState(draftOf)
  const [shop, setShop] = useState('')
  const [{ data: shops }] = useQuery({ query: ShopNamesDocument })
  const [, add] = useMutation(AddPersonDocument)
  const set = (change: Partial<Draft>) => put((old) => ({ ...old, ...change }))
  return (
    <Modal opened onClose={close} title={t`New customer`} size="lg" closeButtonProps={{ 'aria-label': t`Close` }}>
      <Form
      wide
        fields={[...detailFields, 'shopId']}
        cancel={close}
        save={<Trans>Add the customer</Trans>}
        submit={async () => {
          const { data, error } = await add({ details: detailsOf(draft), shop: shop || null })
          const refusal = refusalOf(data?.addPerson, error)
          if (refusal) return refusal
          forgetPages()
          tell(<Trans>The customer is added.</Trans>)
          if (data?.addPerson.profile) navigate(`/customers/${data.addPerson.profile.id}`)
          return null
        }}
      >
        {(errorOf) => {
          const fill = { draft, set, errorOf }
          return (
            <>
              <Name needed {...fill} />
              <Ways {...fill} />
              <Addresses {...fill} />
              {(shops?.shops.length ?? 0) > 0 && (
                <NativeSelect
                  label={t`Customer of`}
                  description={t`Who may see only some shops must name one of them.`}
                  value={shop}
                  error={errorOf('shopId')}
                  data={[{ value: '', label: t`no shop in particular` }, ...(shops?.shops ?? []).map((s) => ({ value: s.id, label: s.name }))]}
                  onChange={(e) => setShop(e.currentTarget.value)}
                />
              )}
              <Known draft={draft} />
            </>
          )
        }}
      </Form>
    </Modal>
  )
}

/** Who is known already of those whom the draft could be. */
function Known({ draft }: { draft: Draft }) {
  const settled = useSettled(draft)
  const empty = !settled.lastName && !settled.emails && !settled.phones
  const [{ data }] = useQuery({ query: PossibleDuplicatesDocument, variables: { details: detailsOf(settled) }, pause: empty, requestPolicy: 'network-only' })
  const known = empty ? [] : (data?.possibleDuplicates ?? [])
  if (known.length === 0) return null
  const joins = known.some((d) => d.matchedBy !== 'NONE')
  return (
    <div className={css.known} role="status">
      <b>
        <Plural value={known.length} one="Somebody like this is known already" other="# people like this are known already" />
      </b>
      {known.map(({ profile }) => (
        <span key={profile.id}>
          <Link href={`/customers/${profile.id}`}>{profile.displayName}</Link> {profile.emails[0]?.address} <Plural value={profile.orderCount} one="# order" other="# orders" />
        </span>
      ))}
      {joins && (
        <span className="quiet">
          <Trans>If you save, what you typed is added to the profile that has the same e-mail address, phone number and name, or address and name.</Trans>
        </span>
      )}
    </div>
  )
}

/** A value once it has not changed for a moment. */
function useSettled<T>(value: T): T {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), 300)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

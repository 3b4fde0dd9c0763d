import { Trans, useLingui } from '@lingui/react/macro'
import { Modal } from '@mantine/core'
import { useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { tell } from '../app/toasts'
import { SaveDetailsDocument, TypedDetailsDocument, type TypedFragment } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { Form, refusalOf } from '../ui/Form'
import { Failure, Skeleton } from '../ui/states'
import type { Person } from './Customer'
import { Addresses, Company, Dates, detailFields, Name, Terms, Ways } from './DetailsFields'
import css from './DetailsFields.module.css'
import { detailsOf, draftOf } from './typed'

/** What people typed about somebody, to be changed. The shops' values stay as they are. */
export default function EditDialog({ person, close, done }: { person: Person; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [{ data, error }, ask] = useQuery({ query: TypedDetailsDocument, variables: { id: person.id }, requestPolicy: 'network-only' })
  return (
    <Modal opened onClose={close} title={t`Edit ${person.displayName}`} size="lg" closeButtonProps={{ 'aria-label': t`Close` }}>
      {data ? (
        <Fields person={person} typed={data.typedDetails} close={close} done={done} />
      ) : error ? (
        <Failure error={error} retry={() => ask({ requestPolicy: 'network-only' })} />
      ) : (
        <Skeleton />
      )}
    </Modal>
  )
}

function Fields({ person, typed, close, done }: { person: Person; typed: TypedFragment; close: () => void; done: () => void }) {
  const { t } = useLingui()
  const [draft, put] = useState(() => draftOf(typed))
  const [, save] = useMutation(SaveDetailsDocument)
  const set = (change: Partial<typeof draft>) => put((old) => ({ ...old, ...change }))
  const more = (title: string, open: boolean, fields: React.ReactNode) => (
    <details className={css.more} open={open}>
      <summary>{title}</summary>
      <div>{fields}</div>
    </details>
  )
  return (
    <Form
      wide
      fields={detailFields}
      cancel={close}
      save={<Trans>Save</Trans>}
      submit={async () => {
        const { data, error } = await save({ id: person.id, details: detailsOf(draft), revision: typed.revision })
        const refusal = refusalOf(data?.saveDetails, error)
        if (refusal) return refusal
        forgetPages()
        tell(<Trans>Saved.</Trans>)
        close()
        done()
        return null
      }}
    >
      {(errorOf) => {
        const fill = { draft, set, errorOf }
        return (
          <>
            <p className="quiet">
              <Trans>What you type shows before what the shops say, and no sync changes it. Leave a field empty to show the shops’ value.</Trans>
            </p>
            <Name shown={person} {...fill} />
            <Ways {...fill} />
            {more(t`Addresses`, true, <Addresses {...fill} />)}
            {more(t`Important dates`, draft.dates.length > 0, <Dates {...fill} />)}
            {more(t`Business customer`, typed.business != null, <Company {...fill} />)}
            {more(t`Terms, loyalty, social pages`, typed.onAccount !== 'UNKNOWN' || typed.loyalty != null || typed.taxName !== '' || typed.pages.length > 0, <Terms {...fill} />)}
          </>
        )
      }}
    </Form>
  )
}

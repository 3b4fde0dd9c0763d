import { Trans, useLingui } from '@lingui/react/macro'
import { Menu } from '@mantine/core'
import { Camera, Trash2 } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { useMutation } from 'urql'
import { tell } from '../app/toasts'
import { ProfilePhotoRemoveDocument, ProfilePhotoSetDocument } from '../gql/graphql'
import { forgetPages } from '../lib/pages'
import { smaller } from '../lib/smaller'
import { toldRefusal } from '../ui/Form'
import type { Person } from './Customer'
import css from './Customer.module.css'

/** Somebody's picture beside their name. */
export function Photo({ person }: { person: Person }) {
  return person.photo && <img className={css.photo} src={person.photo.url} alt="" width={40} height={40} />
}

/** The field that takes a picture, which the menu opens. */
export function PhotoInput({ person, input, reload }: { person: Person; input: RefObject<HTMLInputElement | null>; reload: () => void }) {
  const { t } = useLingui()
  const [, set] = useMutation(ProfilePhotoSetDocument)
  async function choose(file: File) {
    const { data, error } = await set({ id: person.id, file: await smaller(file) })
    if (toldRefusal(data?.profilePhotoSet, error)) return
    forgetPages()
    tell(<Trans>The photo is set.</Trans>)
    reload()
  }
  return (
    <input
      ref={input}
      type="file"
      accept="image/png,image/jpeg"
      className="hidden-text"
      tabIndex={-1}
      aria-label={t`Photo`}
      onChange={(e) => {
        const file = e.currentTarget.files?.[0]
        e.currentTarget.value = '' // the same file can be chosen again
        if (file) choose(file)
      }}
    />
  )
}

/** What can be done with the picture. */
export function PhotoItems({ person, input, reload }: { person: Person; input: RefObject<HTMLInputElement | null>; reload: () => void }) {
  const [, remove] = useMutation(ProfilePhotoRemoveDocument)
  async function takeAway() {
    const { data, error } = await remove({ id: person.id })
    if (toldRefusal(data?.profilePhotoRemove, error)) return
    forgetPages()
    tell(<Trans>The photo is removed. It can be undone below, under the changes.</Trans>)
    reload()
  }
  return (
    <>
      <Menu.Item leftSection={<Camera size={14} aria-hidden />} onClick={() => input.current?.click()}>
        {person.photo ? <Trans>Choose another photo</Trans> : <Trans>Add a photo</Trans>}
      </Menu.Item>
      {person.photo && (
        <Menu.Item leftSection={<Trash2 size={14} aria-hidden />} onClick={takeAway}>
          <Trans>Remove the photo</Trans>
        </Menu.Item>
      )}
    </>
  )
}

export const usePhotoInput = () => useRef<HTMLInputElement>(null)

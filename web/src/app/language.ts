import { i18n } from '@lingui/core'
import { remember, remembered } from '../lib/storage'

export const languages = ['en', 'fr', 'de'] as const
export type Language = (typeof languages)[number]

/** Languages are written in their own words, whatever is shown. */
export const languageNames: Record<Language, string> = { en: 'English', fr: 'Français', de: 'Deutsch' }

function isLanguage(s: string | null | undefined): s is Language {
  return languages.includes(s as Language)
}

/** The chosen language, else the browser's first one that we have. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  const chosen = remembered('language')
  if (isLanguage(chosen)) return chosen
  for (const tag of wanted) {
    const language = tag.slice(0, 2).toLowerCase()
    if (isLanguage(language)) return language
  }
  return 'en'
}

const catalogues = {
  en: () => import('../locales/en'),
  fr: () => import('../locales/fr'),
  de: () => import('../locales/de'),
}

export async function showLanguage(language: Language): Promise<void> {
  const { messages } = await catalogues[language]()
  i18n.loadAndActivate({ locale: language, messages })
  document.documentElement.lang = language
}

export async function chooseLanguage(language: Language): Promise<void> {
  remember('language', language)
  await showLanguage(language)
}

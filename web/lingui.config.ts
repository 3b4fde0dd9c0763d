import type { LinguiConfig } from '@lingui/conf'

const config: LinguiConfig = {
  locales: ['en', 'fr', 'de'],
  sourceLocale: 'en',
  catalogs: [{ path: 'src/locales/{locale}', include: ['src'] }],
  format: 'po',
  formatOptions: { origins: true, lineNumbers: false },
  compileNamespace: 'ts',
  orderBy: 'message',
}

export default config

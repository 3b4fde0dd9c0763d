import type { CodegenConfig } from '@graphql-codegen/cli'

// The types of our operations, from the same schema files as the server's.
const config: CodegenConfig = {
  schema: '../graph/schema/*.graphqls',
  documents: 'src/**/*.graphql',
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        avoidOptionals: { field: true, object: false, inputValue: false, defaultValue: false },
        scalars: { Time: 'string', Date: 'string', Decimal: 'string', FilterValue: 'unknown' },
      },
    },
  },
}

export default config

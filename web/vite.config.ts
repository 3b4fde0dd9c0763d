import { transformAsync } from '@babel/core'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// Lingui's macros are a Babel plugin; everything else is left to Vite's own compiler.
function linguiMacros(): Plugin {
  return {
    name: 'lingui-macros',
    enforce: 'pre',
    async transform(code, id) {
      const file = id.split('?')[0]
      if (!/\.tsx?$/.test(file) || file.includes('node_modules') || !code.includes('@lingui/')) return null
      const out = await transformAsync(code, {
        filename: file,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: ['@lingui/babel-plugin-lingui-macro'],
      })
      return out?.code ? { code: out.code, map: out.map } : null
    },
  }
}

const server = process.env.RELANCE_URL ?? 'http://127.0.0.1:8080'

// A token stands in for a session while the dashboard is developed without signing in.
const headers = process.env.RELANCE_TOKEN ? { Authorization: `Bearer ${process.env.RELANCE_TOKEN}` } : undefined

export default defineConfig({
  plugins: [linguiMacros(), react()],
  build: {
    target: 'es2022',
    // Pictures and fonts stay files of our own: the Content-Security-Policy allows data: for images only.
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Few files instead of one for every icon and small module.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'icons', test: /node_modules\/lucide-react/ },
            { name: 'base', test: /node_modules\/(react|react-dom|scheduler|urql|@urql|wonka|graphql|@0no-co|@lingui|wouter)\// },
            { name: 'parts', test: /src\/(ui|lib|api|app)\/(?!KeyList|NotFound|MonthChart)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': { target: server, headers }, '/auth': { target: server, headers }, '/l/': { target: server, headers }, '^/(letters|batches)/.+[.](pdf|csv)': { target: server, headers } } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
} as Parameters<typeof defineConfig>[0])

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, mergeThemeOverrides } from '@mantine/core'

// One accent, and greys with a breath of it. Text in the greys 6 and up has a contrast of 4.5 on white; in
// dark mode text is dark[0..3].
const teal: MantineColorsTuple = [
  '#e6f4f3',
  '#cfe8e7',
  '#a1d3d1',
  '#6ebbb9',
  '#45a7a4',
  '#26918e',
  '#127d7a',
  '#0b6e6e',
  '#07595a',
  '#034445',
]
const gray: MantineColorsTuple = [
  '#f7f8f8',
  '#eff2f1',
  '#e3e7e6',
  '#d3d9d8',
  '#b9c2c0',
  '#72807d',
  '#5d6a67',
  '#475350',
  '#2c3634',
  '#16201e',
]
const dark: MantineColorsTuple = [
  '#e4eae8',
  '#c3cdca',
  '#a2aeab',
  '#8d9a97',
  '#36413f',
  '#252e2c',
  '#1c2422',
  '#151b1a',
  '#101514',
  '#0b0f0e',
]

const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { teal, gray, dark },
  black: '#16201e',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '600' },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    // A dialog's head is no landmark of the page.
    Drawer: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } }, centered: true, overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true }, multiline: true, maw: 320 } },
    Anchor: { defaultProps: { inherit: true } },
  },
})

/** The theme, with numbers as they are written in a language; a point and a comma are both understood. */
export function themeIn(language: string) {
  const decimalSeparator = new Intl.NumberFormat(language).formatToParts(0.5).find((p) => p.type === 'decimal')?.value ?? '.'
  return mergeThemeOverrides(theme, { components: { NumberInput: { defaultProps: { decimalSeparator, allowedDecimalSeparators: ['.', ','] } } } })
}

// Quiet buttons have the colour of links, and what is wrong that of our own red: Mantine's is too pale to read.
const quiet = { '--mantine-color-teal-light-color': 'var(--accent)', '--mantine-color-error': 'var(--red)' }
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: quiet, dark: quiet })

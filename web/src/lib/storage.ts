/** What a browser remembers for its person. Storage may be forbidden: then nothing is remembered. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`relance.${key}`)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`relance.${key}`, value)
  } catch {
    // Nothing depends on it.
  }
}

/** Sums decimal strings exactly, with six digits after the point at most. */
export function sumDecimals(amounts: string[]): string {
  const scale = 6
  let total = 0n
  for (const a of amounts) total += scaled(a, scale)
  const sign = total < 0n ? '-' : ''
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '').padEnd(2, '0')
  return `${sign}${digits.slice(0, -scale)}.${fraction}`
}

function scaled(amount: string, scale: number): bigint {
  const m = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount.trim())
  if (!m) return 0n
  const value = BigInt((m[2] ?? '0') + (m[3] ?? '').slice(0, scale).padEnd(scale, '0'))
  return m[1] ? -value : value
}

/** Whether an amount is nothing, whatever its number of zeros. */
export function isZero(amount: string): boolean {
  return /^-?0*(?:\.0*)?$/.test(amount)
}

/** An amount without the zeros at its end, as people type it; keep: how many digits after the point stay. */
export function shortDecimal(amount: string, keep = 0): string {
  const [whole = '', fraction = ''] = amount.split('.')
  const digits = fraction.replace(/0+$/, '').padEnd(Math.min(keep, fraction.length), '0')
  return digits ? `${whole}.${digits}` : whole
}

/** The first line of the window and the town, which stands last but for a country. */
export function recipientOf(lines: string[] | undefined): { name: string; town: string } {
  const town = lines?.findLast((line, i) => i > 0 && /\d/.test(line)) ?? lines?.[lines.length - 1] ?? ''
  return { name: lines?.[0] ?? '', town }
}

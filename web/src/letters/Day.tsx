import { useFormat } from '../lib/format'

/** The day on which a letter went to the post: its hour is nobody's knowledge. */
export function Day({ at }: { at: string }) {
  const format = useFormat()
  return <time dateTime={at}>{format.shortDay(at)}</time>
}

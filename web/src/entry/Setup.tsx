export default function Setup(_: Record<string, unknown>) {
  return <p>Setup</p>
}

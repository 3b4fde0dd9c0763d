export default function Settings(_: Record<string, unknown>) {
  return <p>Settings</p>
}

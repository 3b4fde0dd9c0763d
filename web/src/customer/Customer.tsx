export default function Customer(_: Record<string, unknown>) {
  return <p>Customer</p>
}

export default function Shops(_: Record<string, unknown>) {
  return <p>Shops</p>
}

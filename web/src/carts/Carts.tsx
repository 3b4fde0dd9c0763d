export default function Carts(_: Record<string, unknown>) {
  return <p>Carts</p>
}

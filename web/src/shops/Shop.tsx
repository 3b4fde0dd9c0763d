export default function Shop(_: Record<string, unknown>) {
  return <p>Shop</p>
}

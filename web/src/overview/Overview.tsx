export default function Overview(_: Record<string, unknown>) {
  return <p>Overview</p>
}

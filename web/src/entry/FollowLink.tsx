export default function FollowLink(_: Record<string, unknown>) {
  return <p>FollowLink</p>
}

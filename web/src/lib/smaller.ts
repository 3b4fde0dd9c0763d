/** What the server takes at most. */
const most = 512 * 1024
const side = 800

/**
 * A picture as large as is worth sending: photos of telephones have megabytes, and say in their metadata how they are
 * to be turned, which the server does not keep. What cannot be read here is sent as it is, for the server to say why.
 */
export async function smaller(file: File): Promise<File> {
  if (file.size > 40 * 1024 * 1024) return file
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file)
  } catch {
    return file
  }
  const scale = Math.min(1, side / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const paper = canvas.getContext('2d')
  if (!paper || (file.type !== 'image/png' && file.type !== 'image/jpeg')) return file
  paper.fillStyle = '#fff'
  paper.fillRect(0, 0, canvas.width, canvas.height)
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85))
  return blob && blob.size < most ? new File([blob], 'photo.jpg', { type: 'image/jpeg' }) : file
}

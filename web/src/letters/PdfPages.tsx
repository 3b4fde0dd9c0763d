import { Trans, useLingui } from '@lingui/react/macro'
import { getDocument, PDFWorker } from 'pdfjs-dist/legacy/build/pdf.mjs'
import Worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker'
import { useEffect, useRef, useState } from 'react'
import type { LetterPreviewQuery } from '../gql/graphql'
import { Skeleton } from '../ui/states'
import css from './LetterPreview.module.css'
import { bytesOf } from './pdfBytes'

type InEnvelope = NonNullable<NonNullable<LetterPreviewQuery['letterPreview']['preview']>['window']>

/** An A4 sheet, in mm and in the pixels in which it is drawn: enough for a sharp screen. */
const sheetWidth = 210
const drawnWidth = 1050

let worker: PDFWorker | null = null

/** One worker reads all files; it is started with the first. */
function reader(): PDFWorker {
  worker ??= PDFWorker.create({ port: new Worker() })
  return worker
}

/** Draws every page where nobody sees it, so that what is shown changes at once. */
async function draw(pdf: string): Promise<HTMLCanvasElement[]> {
  // Fonts are in the file, pictures are PNG or JPEG: nothing else is fetched.
  const task = getDocument({ data: bytesOf(pdf), worker: reader(), useWasm: false, isEvalSupported: false })
  try {
    const file = await task.promise
    const pages: HTMLCanvasElement[] = []
    for (let n = 1; n <= file.numPages; n++) {
      const page = await file.getPage(n)
      const { width } = page.getViewport({ scale: 1 })
      const viewport = page.getViewport({ scale: drawnWidth / width })
      const canvas = document.createElement('canvas')
      canvas.width = Math.round(viewport.width)
      canvas.height = Math.round(viewport.height)
      await page.render({ canvas, viewport }).promise
      pages.push(canvas)
    }
    return pages
  } finally {
    await task.destroy()
  }
}

/** The pages of a letter as they are printed, or what its envelope shows of the first. */
export default function PdfPages({ pdf, inEnvelope }: { pdf: string; inEnvelope: InEnvelope | null }) {
  const [pages, setPages] = useState<HTMLCanvasElement[] | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    let gone = false
    draw(pdf).then(
      (drawn) => {
        if (gone) return
        setPages(drawn)
        setFailed(false)
      },
      () => !gone && setFailed(true),
    )
    return () => {
      gone = true
    }
  }, [pdf])
  if (failed) {
    return (
      <p role="alert">
        <Trans>This browser cannot show the letter. Download the PDF to see it.</Trans>
      </p>
    )
  }
  const first = pages?.[0]
  if (!pages || !first) return <Skeleton rows={8} />
  if (inEnvelope) return <Envelope page={first} seen={inEnvelope} />
  return <Sheets pages={pages} />
}

function Sheets({ pages }: { pages: HTMLCanvasElement[] }) {
  const { t } = useLingui()
  const all = pages.length
  return (
    <div className={css.sheets}>
      {pages.map((page, i) => {
        const number = i + 1
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: pages do not move
          <Drawn key={i} className={css.sheet} page={page} x={0} y={0} width={page.width} height={page.height} label={t`Page ${number} of ${all}`} />
        )
      })}
    </div>
  )
}

/** The envelope in its own proportions; through the window one sees the sheet, in the middle of its play. */
function Envelope({ page, seen }: { page: HTMLCanvasElement; seen: InEnvelope }) {
  const { t } = useLingui()
  const pixels = page.width / sheetWidth
  const share = (part: number, of: number) => `${(100 * part) / of}%`
  return (
    <div className={css.envelope} style={{ aspectRatio: `${seen.envelopeWidth} / ${seen.envelopeHeight}` }}>
      <span className={css.stamp} aria-hidden />
      <Drawn
        className={css.window}
        page={page}
        x={seen.x * pixels}
        y={seen.y * pixels}
        width={seen.width * pixels}
        height={seen.height * pixels}
        label={t`What the window of the envelope shows`}
        style={{
          left: share(seen.left, seen.envelopeWidth),
          top: share(seen.top, seen.envelopeHeight),
          width: share(seen.width, seen.envelopeWidth),
          height: share(seen.height, seen.envelopeHeight),
        }}
      />
    </div>
  )
}

type DrawnProps = { page: HTMLCanvasElement; x: number; y: number; width: number; height: number; label: string; className?: string; style?: React.CSSProperties }

/** A part of a page that was drawn before. */
function Drawn({ page, x, y, width, height, label, className, style }: DrawnProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const target = canvas.current
    if (!target) return
    target.width = Math.round(width)
    target.height = Math.round(height)
    target.getContext('2d')?.drawImage(page, x, y, width, height, 0, 0, target.width, target.height)
    target.dataset.painted = 'true'
  }, [page, x, y, width, height])
  return <canvas ref={canvas} role="img" aria-label={label} className={className} style={style} />
}

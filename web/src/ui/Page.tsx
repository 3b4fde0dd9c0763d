import { type ReactNode, useEffect } from 'react'
import css from './Page.module.css'

/** A screen: its name, the one sentence its visitor came for, and what can be done. */
export function Page({
  title,
  sentence,
  actions,
  fill,
  back,
  children,
}: {
  title: string
  sentence?: ReactNode
  actions?: ReactNode
  /** The content scrolls by itself, the head stays. */
  fill?: boolean
  back?: ReactNode
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Relance`
  }, [title])
  return (
    <div className={css.page} data-fill={fill || undefined}>
      <div className={css.head}>
        <div className={css.words}>
          {back}
          <h1 className={css.title}>{title}</h1>
          {sentence && <p className={css.sentence}>{sentence}</p>}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  )
}

import { Tooltip } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { Link } from 'wouter'
import css from './Panel.module.css'

/** A part of a screen with a heading of its own. */
export function Panel({ title, action, flush, children }: { title: ReactNode; action?: ReactNode; flush?: boolean; children: ReactNode }) {
  const id = useId()
  return (
    <section className={css.panel} aria-labelledby={id}>
      <div className={css.head}>
        <h2 className={css.title} id={id}>
          {title}
        </h2>
        {action}
      </div>
      <div className={flush ? undefined : css.body}>{children}</div>
    </section>
  )
}

/** Figures side by side, each with what it means on hover and focus. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className={css.figures}>{children}</dl>
}

export function Figure({ name, children, help, href }: { name: string; children: ReactNode; help: string; href?: string }) {
  return (
    <div className={css.figure}>
      <dt>
        <Tooltip label={help}>
          <button type="button" className={css.help}>
            {name}
          </button>
        </Tooltip>
      </dt>
      <dd className="figures">{href ? <Link href={href}>{children}</Link> : children}</dd>
    </div>
  )
}

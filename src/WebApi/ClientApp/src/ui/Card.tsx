import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

export interface CardProps {
  readonly title: ComponentChildren
  /** A line below the title. */
  readonly subtitle?: ComponentChildren
  /** Stands at the end of the heading's line: badges, buttons. */
  readonly actions?: ComponentChildren
  readonly level?: 2 | 3
  readonly class?: string
  readonly isBusy?: boolean
  readonly children: ComponentChildren
}

/** A titled section on a surface of its own. */
export function Card({ title, subtitle, actions, level = 2, class: more, isBusy = false, children }: CardProps) {
  const id = useId()
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section class={`card${more ? ` ${more}` : ''}`} aria-labelledby={id} aria-busy={isBusy || undefined}>
      <div class="card-head">
        <div>
          <Heading id={id}>{title}</Heading>
          {subtitle !== undefined && <p class="card-subtitle">{subtitle}</p>}
        </div>
        {actions !== undefined && <div class="card-actions">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

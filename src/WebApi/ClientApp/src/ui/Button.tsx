import type { ComponentChildren, JSX } from 'preact'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'

export interface ButtonProps extends Omit<JSX.IntrinsicElements['button'], 'size' | 'icon'> {
  readonly variant?: ButtonVariant
  readonly isSmall?: boolean
  /** Something is under way: it cannot be pressed again, and keeps the focus. */
  readonly isBusy?: boolean
  /** It cannot be pressed for now, and keeps the focus. */
  readonly isHeld?: boolean
  readonly icon?: ComponentChildren
}

/** A button. It is of type `button` where nothing else is said. */
export function Button({ variant = 'secondary', isSmall = false, isBusy = false, isHeld = false, icon, children, onClick, class: more, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${variant}${isSmall ? ' button-small' : ''}${more ? ` ${String(more)}` : ''}`}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || isHeld || undefined}
      onClick={(event) => {
        if (isBusy || isHeld) {
          event.preventDefault()
          return
        }

        onClick?.(event)
      }}
    >
      {isBusy ? <span class="spinner" aria-hidden="true" /> : icon}
      <span>{children}</span>
    </button>
  )
}

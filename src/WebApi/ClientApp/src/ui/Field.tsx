import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'

/** What the control of a field is to carry. */
export interface ControlAttributes {
  readonly id: string
  readonly class: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
  readonly required: boolean
}

export interface FieldProps {
  readonly label: ComponentChildren
  /** Bounds and what else is to be known beforehand. */
  readonly hint?: ComponentChildren
  /** What is wrong with the value, in sentences. */
  readonly error?: string | readonly string[] | undefined
  readonly isRequired?: boolean
  /** The control. */
  readonly children: (attributes: ControlAttributes) => VNode
}

/** A labelled control with its hint and its error, both linked to it. */
export function Field({ label, hint, error, isRequired = false, children }: FieldProps) {
  const id = useId()
  const errors = error === undefined ? [] : typeof error === 'string' ? [error] : error
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const described = [hint === undefined ? '' : hintId, errors.length === 0 ? '' : errorId].filter(Boolean).join(' ')
  return (
    <div class={`field${errors.length > 0 ? ' field-wrong' : ''}`}>
      <label for={id}>{label}</label>
      {children({
        id,
        class: 'control',
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': errors.length > 0 ? true : undefined,
        required: isRequired,
      })}
      {hint !== undefined && (
        <p class="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      {errors.length > 0 && (
        <p class="field-error" id={errorId}>
          {errors.join(' ')}
        </p>
      )}
    </div>
  )
}

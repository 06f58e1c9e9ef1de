import type { ComponentChildren } from 'preact'
import type { ApiError } from '../api/errors'
import { Button } from './Button'
import { secondsUntil } from './clock'

export interface EmptyStateProps {
  readonly title: string
  readonly children?: ComponentChildren
  /** What leads on from here. */
  readonly action?: ComponentChildren
}

/** There is nothing yet; says what to do about it. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
      {action !== undefined && <div class="empty-action">{action}</div>}
    </div>
  )
}

export interface RetryProps {
  readonly onRetry: () => void
  readonly isLoading: boolean
  /** Asking before that is of no use, in milliseconds. */
  readonly heldUntil: number | null
  /** What is tried again, for those who hear the button alone. */
  readonly what: string
}

/** Whether asking is of no use yet; ticks where it is read in a component. */
export function isHeld({ heldUntil }: Pick<RetryProps, 'heldUntil'>): boolean {
  return heldUntil !== null && secondsUntil(heldUntil) > 0
}

/** Tries again; counts down while that is of no use yet. */
export function RetryButton({ onRetry, isLoading, heldUntil, what }: RetryProps) {
  const wait = heldUntil === null ? 0 : secondsUntil(heldUntil)
  return (
    <Button isSmall isBusy={isLoading} isHeld={wait > 0} onClick={onRetry} aria-label={`${wait > 0 ? `Retry in ${wait} s` : 'Retry'}: ${what}`}>
      {wait > 0 ? `Retry in ${wait} s` : 'Retry'}
    </Button>
  )
}

export interface ErrorStateProps extends RetryProps {
  readonly error: ApiError
  readonly nextTryAt: number | null
}

/** Nothing could be loaded: why, when it is tried again, and the means to try now. */
export function ErrorState({ error, nextTryAt, ...retry }: ErrorStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{error.title}</p>
      <p class="empty-text">
        {error.detail}
        {nextTryAt !== null && <span> Next try in {secondsUntil(nextTryAt)} s.</span>}
      </p>
      {error.errorId !== null && <p class="small muted">Error {error.errorId}</p>}
      <div class="empty-action">
        <RetryButton {...retry} />
      </div>
    </div>
  )
}

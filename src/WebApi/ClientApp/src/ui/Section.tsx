import type { ComponentChildren } from 'preact'
import type { Resource } from '../api/resource'
import { Card } from './Card'
import { FreshnessBadge, FreshnessNotice } from './FreshnessBadge'
import { partsOf } from './parts'
import { EmptyState, ErrorState } from './States'

export interface SectionProps<T> {
  readonly title: string
  readonly subtitle?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly class?: string
  readonly resource: Resource<T>
  /** The parts of the answer that it shows, as `failed_operations` names them; where it shows a part that is missing it is partial. */
  readonly parts?: readonly string[]
  /** The part, one of those, without which there is nothing to show: the last whole answer stands in for it. */
  readonly needs?: string
  /** About how high it is, so that nothing moves when it is loaded. */
  readonly size?: 'small' | 'medium' | 'large'
  /** Whether it says itself why it is stale, partial or failed; false where that stands beside it. */
  readonly hasNotice?: boolean
  /** What stands below whatever came, and stays while that is loaded anew. */
  readonly footer?: ComponentChildren
  readonly children: (data: T) => ComponentChildren
}

/** A card whose content is loaded: it says how fresh it is, keeps its last data while it is loaded anew or that fails, and can be tried again by itself. */
export function Section<T>({ title, subtitle, actions, class: more, resource, parts = [], needs, size = 'medium', hasNotice = true, footer, children }: SectionProps<T>) {
  const state = partsOf(resource.state.value, parts, needs)
  const retry = () => resource.reload({ force: true })
  return (
    <Card
      title={title}
      subtitle={subtitle}
      class={`section${state.isPrevious ? ' section-previous' : ''}${more ? ` ${more}` : ''}`}
      isBusy={state.isLoading}
      actions={
        <>
          {actions}
          <FreshnessBadge state={state} what={title} />
        </>
      }
    >
      {hasNotice && <FreshnessNotice state={state} what={title} onRetry={retry} />}
      {state.data !== null && needs !== undefined && state.whole === null && state.freshness?.missing.includes(needs) ? (
        <EmptyState title="This part could not be read">What else the service answered is there. It is tried again.</EmptyState>
      ) : state.data !== null ? (
        <div class="section-body">{children(state.data)}</div>
      ) : state.error !== null ? (
        <ErrorState error={state.error} nextTryAt={state.nextTryAt} heldUntil={state.heldUntil} isLoading={state.isLoading} what={title} onRetry={retry} />
      ) : (
        <div class={`skeleton chart-${size}`} role="status">
          <span class="hidden">{title} is loading</span>
        </div>
      )}
      {footer}
    </Card>
  )
}

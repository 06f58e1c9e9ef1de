import { useEffect, useRef } from 'preact/hooks'
import { ageAt, loadedAt, type Freshness } from '../api/freshness'
import type { ResourceState, ResourceStatus } from '../api/resource'
import type { StaleReason } from '../api/types'
import { Badge, type Tone } from './Badge'
import { clock, secondsUntil } from './clock'
import { formatSpan, formatTime } from './format'
import { announce } from './live'
import { RetryButton } from './States'

/** Why a stale answer was served, in a clause. */
export const staleReasons: Readonly<Record<StaleReason, string>> = {
  origin_error: 'the database failed',
  origin_timeout: 'the database is too slow',
  circuit_open: 'the database keeps failing',
  unverified: 'changes cannot be looked up',
}

const tones: Readonly<Record<ResourceStatus, Tone>> = { failed: 'bad', loading: 'neutral', stale: 'warn', partial: 'warn', cached: 'info', fresh: 'good' }
const words: Readonly<Record<ResourceStatus, string>> = { failed: 'Failed', loading: 'Loading', stale: 'Stale', partial: 'Partial', cached: 'Cached', fresh: 'Fresh' }

export interface FreshnessProps {
  readonly state: ResourceState<unknown>
  /** What the section shows, as in "Overview". */
  readonly what: string
}

/** How fresh a section is, in a word and an age that ticks. What needs more words stands in FreshnessNotice. */
export function FreshnessBadge({ state, what }: FreshnessProps) {
  const { status, freshness } = state
  const before = useRef(status)
  useEffect(() => {
    const [from, to] = [before.current, status]
    before.current = status
    const isBad = (one: ResourceStatus) => one === 'failed' || one === 'stale' || one === 'partial'
    if (from !== to && (isBad(to) || (isBad(from) && to !== 'loading'))) {
      announce(`${what}: ${isBad(to) ? words[to].toLowerCase() : 'up to date again'}`)
    }
  }, [status])
  return (
    <span class="freshness" data-freshness={status}>
      {state.isLoading && state.data !== null && <span class="spinner" aria-hidden="true" />}
      <Badge tone={tones[status]}>
        {words[status]}
        {freshness !== null && status === 'cached' && (
          <>
            {' · '}
            {freshness.source} · <Age freshness={freshness} />
          </>
        )}
        {freshness !== null && (status === 'fresh' || status === 'stale' || status === 'partial') && (
          <>
            {' · '}
            <Age freshness={freshness} />
          </>
        )}
      </Badge>
    </span>
  )
}

/** What there is to say about a section that is stale, partial or failed, and the means to try again; nothing for any other. */
export function FreshnessNotice({ state, what, onRetry }: FreshnessProps & { readonly onRetry: () => void }) {
  const { status, freshness, error } = state
  if (status !== 'stale' && status !== 'partial' && (status !== 'failed' || state.data === null)) {
    return null
  }

  return (
    <div class={`notice tone-${tones[status]}`}>
      <div class="notice-text">
        <p>
          {status === 'stale' && freshness !== null && <Stale freshness={freshness} />}
          {status === 'failed' && error !== null && (
            <>
              <strong>{error.title}:</strong> {error.detail} {freshness !== null && <>This was loaded at {formatTime(loadedAt(freshness))}. </>}
            </>
          )}
          {status !== 'failed' && freshness !== null && freshness.missing.length > 0 && (
            <>
              <strong>Partial:</strong> without {freshness.missing.map((name) => name.replaceAll('_', ' ')).join(', ')}. {status === 'partial' && <>This was loaded at {formatTime(loadedAt(freshness))}. </>}
            </>
          )}
          {state.nextTryAt !== null && !state.isLoading && <span class="figures">Next try in {secondsUntil(state.nextTryAt)} s.</span>}
        </p>
      </div>
      <RetryButton onRetry={onRetry} isLoading={state.isLoading} heldUntil={state.heldUntil} what={what} />
    </div>
  )
}

function Stale({ freshness }: { readonly freshness: Freshness }) {
  return (
    <>
      <strong>Stale since {formatTime(freshness.staleSince)}:</strong> {staleReasons[freshness.staleReason ?? 'origin_error']}. This was loaded at{' '}
      {formatTime(loadedAt(freshness))}
      {freshness.isInvalidated && ', and something was changed since'}.{' '}
    </>
  )
}

function Age({ freshness }: { readonly freshness: Freshness }) {
  return <span class="figures">{formatSpan(ageAt(freshness, clock().value), 1)} old</span>
}

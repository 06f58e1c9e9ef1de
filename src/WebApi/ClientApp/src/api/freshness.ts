import type { CacheSource, FreshnessFields, StaleReason } from './types'

/** How fresh an answer is, as the service said when it came. */
export interface Freshness {
  readonly source: CacheSource
  /** Seconds since the value was loaded from the origin, when the answer came. */
  readonly ageSeconds: number
  /** When the answer came, by this machine's clock, in milliseconds. Ages tick from here: the service's clock may differ. */
  readonly receivedAt: number
  readonly isStale: boolean
  /**
   * Since when it is known not to be fresh any more, by this machine's clock, in milliseconds: where its life is over, since that ended, and else (a change overtook it, or
   * none can be looked up) since a stale answer came first. Says nothing about what is fresh.
   */
  readonly staleSince: number
  /** Why it was served although it is stale. */
  readonly staleReason: StaleReason | null
  /** Whether a write has overtaken the stale copy. */
  readonly isInvalidated: boolean
  /** The sections that could not be read. */
  readonly missing: readonly string[]
}

/**
 * Reads the freshness of an answer. Where the browser revalidated a body that it had kept (304), the body is of the first answer and the headers are of the last: age
 * and source come from the headers then.
 */
export function readFreshness(fields: FreshnessFields, headers: Headers, now: number): Freshness {
  const info = fields.cache_info
  const status = headers.get('Cache-Status') ?? ''
  const wholeAge = Number(headers.get('Age') ?? Number.NaN)
  const kept = Number.isFinite(wholeAge) && Math.abs(wholeAge - info.age_seconds) >= 1.5
  return {
    source: sourceOf(status) ?? info.source,
    ageSeconds: kept ? wholeAge : info.age_seconds,
    receivedAt: now,
    isStale: fields._stale_data,
    // Both moments are of the service's clock, as is the age.
    staleSince: now - Math.max(0, info.age_seconds * 1000 - (Date.parse(info.expires_at) - Date.parse(fields._cached_at))),
    staleReason: info.stale_reason ?? null,
    isInvalidated: info.invalidated ?? false,
    missing: fields.partial_failure ? fields.failed_operations : [],
  }
}

/** An answer that follows another one to the same question: where both are stale, it has been since the first. */
export function following(before: Freshness | null, after: Freshness): Freshness {
  return before?.isStale && after.isStale ? { ...after, staleSince: Math.min(before.staleSince, after.staleSince) } : after
}

/** Seconds since the value was loaded, at a moment of this machine's clock. */
export function ageAt(freshness: Freshness, now: number): number {
  return freshness.ageSeconds + Math.max(0, now - freshness.receivedAt) / 1000
}

/** When the value was loaded, by this machine's clock. */
export function loadedAt(freshness: Freshness): Date {
  return new Date(freshness.receivedAt - freshness.ageSeconds * 1000)
}

function sourceOf(cacheStatus: string): CacheSource | null {
  if (/;\s*hit\b/.test(cacheStatus)) {
    return /detail=redis/.test(cacheStatus) ? 'redis' : 'memory'
  }

  return /fwd=stale/.test(cacheStatus) ? 'stale' : /fwd=/.test(cacheStatus) ? 'origin' : null
}

/** What the stream of the cache tells, as its events carry it. Counts are totals since the node's start. */
export type Circuit = 'closed' | 'open' | 'half_open'

export type StaleReason = 'origin_error' | 'origin_timeout' | 'circuit_open' | 'unverified'

export interface Percentiles {
  readonly p50: number | null
  readonly p99: number | null
}

export interface NodeReport {
  readonly id: string
  readonly name: string
  readonly is_this: boolean
  readonly started_at: string
  readonly seen_at: string
  readonly requests: {
    readonly hits_memory: number
    readonly hits_redis: number
    readonly misses: number
    readonly stale_served: number
    readonly loads: number
    readonly load_failures: number
    readonly coalesced: number
    readonly invalidations: number
    readonly hit_ratio: number
  }
  readonly stale_by_reason: Readonly<Record<StaleReason, number>>
  readonly latency_ms: { readonly hit: Percentiles | null; readonly load: Percentiles | null }
  readonly memory: {
    readonly entries: number
    readonly max_entries: number
    readonly size_bytes: number
    readonly max_bytes: number | null
    readonly evictions: number
  }
  readonly journal: {
    readonly position: number
    readonly verified_seconds_ago: number | null
    readonly is_trusted: boolean
    readonly records_pending: number
  }
  readonly database: { readonly status: 'healthy' | 'unavailable'; readonly circuit: Circuit }
  readonly redis: { readonly status: 'healthy' | 'unavailable' | 'disabled'; readonly circuit: Circuit | null }
}

export interface NodesEvent {
  readonly at: string
  readonly nodes: readonly NodeReport[]
}

export interface InvalidationEvent {
  readonly at: string
  readonly learnt_at: string
  readonly lag_ms: number
  readonly kind: 'key' | 'tag' | 'pattern'
  readonly text: string
  readonly purges: boolean
  readonly command: string
  readonly is_own: boolean
}

export interface CircuitEvent {
  readonly at: string
  readonly store: 'database' | 'redis'
  readonly from: Circuit
  readonly to: Circuit
}

export interface GapEvent {
  readonly missed: number | null
}

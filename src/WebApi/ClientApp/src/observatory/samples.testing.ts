import type { InvalidationEvent, NodeReport } from './events'
import type { StreamMessage } from './sse'

/** Events as the service sends them, for tests. */
export const start = Date.parse('2026-03-14T09:28:20Z')

export const time = (seconds: number): string => new Date(start + seconds * 1_000).toISOString()

interface Changes {
  readonly id?: string
  readonly is_this?: boolean
  readonly seen?: number
  readonly requests?: Partial<NodeReport['requests']>
  readonly stale_by_reason?: Partial<NodeReport['stale_by_reason']>
  readonly latency_ms?: NodeReport['latency_ms']
}

export function node(changes: Changes = {}): NodeReport {
  const id = changes.id ?? '0199c19e-2b40-7d11-8a55-c0de5eed0001'
  return {
    id,
    name: `node-${id.slice(0, 4)}`,
    is_this: changes.is_this ?? true,
    started_at: time(-60),
    seen_at: time(changes.seen ?? 0),
    requests: {
      hits_memory: 0,
      hits_redis: 0,
      misses: 0,
      stale_served: 0,
      loads: 0,
      load_failures: 0,
      coalesced: 0,
      invalidations: 0,
      hit_ratio: 0,
      ...changes.requests,
    },
    stale_by_reason: { origin_error: 0, origin_timeout: 0, circuit_open: 0, unverified: 0, ...changes.stale_by_reason },
    latency_ms: changes.latency_ms ?? { hit: { p50: null, p99: null }, load: { p50: null, p99: null } },
    memory: { entries: 0, max_entries: 1_000, size_bytes: 0, max_bytes: null, evictions: 0 },
    journal: { position: 4_711, verified_seconds_ago: 0.1, is_trusted: true, records_pending: 0 },
    database: { status: 'healthy', circuit: 'closed' },
    redis: { status: 'disabled', circuit: null },
  }
}

export const message = (event: string, data: unknown, id = ''): StreamMessage => ({ event, data: JSON.stringify(data), id })

export const nodes = (second: number, ...reports: NodeReport[]): StreamMessage => message('nodes', { at: time(second), nodes: reports })

export const invalidation = (changes: Partial<InvalidationEvent> = {}): StreamMessage =>
  message('invalidation', {
    at: time(0),
    learnt_at: time(0.25),
    lag_ms: 250,
    kind: 'pattern',
    text: 'dashboard:*',
    purges: false,
    command: 'CreateExperiment',
    is_own: true,
    ...changes,
  })

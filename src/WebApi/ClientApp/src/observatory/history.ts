import type { StaleReason } from '../api/types'
import type { NodeReport } from './events'

/** How far back the history goes, in seconds. */
export const historySeconds = 300

export const staleReasons: readonly StaleReason[] = ['origin_error', 'origin_timeout', 'circuit_open', 'unverified']

/** What was counted in some time. A request is in one of the first four. They may be fractions: what was counted over several seconds is spread over them. */
export interface Counts {
  readonly memory: number
  readonly redis: number
  /** From the origin, or not at all. */
  readonly origin: number
  readonly stale: number
  readonly loads: number
  readonly loadFailures: number
  readonly coalesced: number
  readonly staleByReason: Readonly<Record<StaleReason, number>>
}

/** A second of the history. */
export interface Sample extends Counts {
  /** Seconds since 1970, by the clock of the node that sends the stream. */
  readonly second: number
  /** Milliseconds, like the three that follow; null where nothing was measured. */
  readonly hitP50: number | null
  readonly hitP99: number | null
  readonly loadP50: number | null
  readonly loadP99: number | null
}

/**
 * Adds what was counted between two reports. Usually that is one second's; where reports were missed it is spread over the time, and where two came in one
 * second, as the beats of two clocks drift, that second's sample takes both.
 */
export function counting(samples: readonly Sample[], counts: Counts, report: NodeReport, from: number, to: number): readonly Sample[] {
  const { hit, load } = report.latency_ms
  const measured = {
    second: to,
    hitP50: hit?.p50 ?? null,
    hitP99: hit?.p99 ?? null,
    loadP50: load?.p50 ?? null,
    loadP99: load?.p99 ?? null,
  }
  const last = samples.at(-1)
  if (to <= from) {
    return last === undefined ? [{ ...counts, ...measured }] : [...samples.slice(0, -1), { ...sum([last, counts]), ...measured, second: last.second }]
  }

  const each = scaled(counts, 1 / (to - from))
  const missed = Math.min(historySeconds, to - from) - 1
  const between = Array.from({ length: missed }, (_, index) => ({ ...each, ...unmeasured, second: to - missed + index }))
  return [...samples, ...between, { ...each, ...measured }]
}

const unmeasured = { hitP50: null, hitP99: null, loadP50: null, loadP99: null }

/** The samples after a second. */
export function within(samples: readonly Sample[], oldest: number): readonly Sample[] {
  const first = samples.findIndex((sample) => sample.second > oldest)
  return first === 0 ? samples : first < 0 ? [] : samples.slice(first)
}

/** What a node counted between two reports. Totals only grow; where one did not, nothing is known of the time between. */
export function counted(before: NodeReport, after: NodeReport): Counts {
  const grown = (of: (report: NodeReport) => number): number => Math.max(0, of(after) - of(before))
  const stale = grown((report) => report.requests.stale_served)
  return {
    memory: grown((report) => report.requests.hits_memory),
    redis: grown((report) => report.requests.hits_redis),
    // What neither tier had fresh was loaded, failed, or was answered with a stale copy: the service counts the last among its misses.
    origin: Math.max(0, grown((report) => report.requests.misses) - stale),
    stale,
    loads: grown((report) => report.requests.loads),
    loadFailures: grown((report) => report.requests.load_failures),
    coalesced: grown((report) => report.requests.coalesced),
    staleByReason: perReason((reason) => grown((report) => report.stale_by_reason[reason] ?? 0)),
  }
}

/** Counts taken together. */
export function sum(counts: readonly Counts[]): Counts {
  return madeOf((of) => counts.reduce((total, one) => total + of(one), 0))
}

function scaled(counts: Counts, by: number): Counts {
  return madeOf((of) => of(counts) * by)
}

function madeOf(value: (of: (counts: Counts) => number) => number): Counts {
  return {
    memory: value((one) => one.memory),
    redis: value((one) => one.redis),
    origin: value((one) => one.origin),
    stale: value((one) => one.stale),
    loads: value((one) => one.loads),
    loadFailures: value((one) => one.loadFailures),
    coalesced: value((one) => one.coalesced),
    staleByReason: perReason((reason) => value((one) => one.staleByReason[reason])),
  }
}

function perReason(of: (reason: StaleReason) => number): Record<StaleReason, number> {
  return { origin_error: of('origin_error'), origin_timeout: of('origin_timeout'), circuit_open: of('circuit_open'), unverified: of('unverified') }
}

/** The requests of some counts, however they were answered. */
export function requests(counts: Counts): number {
  return counts.memory + counts.redis + counts.origin + counts.stale
}

/** The share of requests that a tier answered fresh, 0 to 1; null where there were none. */
export function hitRatio(counts: Counts): number | null {
  const all = requests(counts)
  return all === 0 ? null : (counts.memory + counts.redis) / all
}

/** The last samples, up to a number of seconds back from the last report. */
export function lastSeconds(samples: readonly Sample[], seconds: number): readonly Sample[] {
  return within(samples, (samples.at(-1)?.second ?? 0) - seconds)
}

/** The seconds of several nodes as one history: counts added; of the percentiles, which cannot be added, the worst. */
export function together(histories: readonly (readonly Sample[])[]): readonly Sample[] {
  if (histories.length === 1) {
    return histories[0]!
  }

  const seconds = new Map<number, Sample[]>()
  for (const sample of histories.flat()) {
    const others = seconds.get(sample.second)
    if (others === undefined) {
      seconds.set(sample.second, [sample])
    } else {
      others.push(sample)
    }
  }

  return [...seconds.entries()]
    .sort(([one], [other]) => one - other)
    .map(([second, samples]) => ({
      ...sum(samples),
      second,
      hitP50: worst(samples, (one) => one.hitP50),
      hitP99: worst(samples, (one) => one.hitP99),
      loadP50: worst(samples, (one) => one.loadP50),
      loadP99: worst(samples, (one) => one.loadP99),
    }))
}

/** The greatest that was measured in some seconds; null where nothing was. */
export function worst(samples: readonly Sample[], of: (sample: Sample) => number | null): number | null {
  return samples.reduce<number | null>((most, sample) => {
    const value = of(sample)
    return value === null ? most : Math.max(most ?? value, value)
  }, null)
}

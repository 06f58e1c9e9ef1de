import { type Counts, historySeconds, requests, type Sample, sum, worst } from './history'

/** A point of a chart stands for so many seconds: single ones are too few requests for a share that means something. */
export const bucketSeconds = 5

export interface Bucket {
  /** Its first second, since 1970. */
  readonly second: number
  /** How many seconds of it were counted; 0 where nothing is known. */
  readonly seconds: number
  readonly counts: Counts
  /** The worst of its seconds, in milliseconds; null where nothing was measured. */
  readonly hitP50: number | null
  readonly hitP99: number | null
  readonly loadP50: number | null
  readonly loadP99: number | null
}

/** The history as points of a chart, oldest first: always as many, whose limits lie still while time passes, so that a line moves and does not wobble. */
export function buckets(samples: readonly Sample[]): readonly Bucket[] {
  const number = historySeconds / bucketSeconds
  const last = Math.floor((samples.at(-1)?.second ?? 0) / bucketSeconds)
  const parts = Array.from({ length: number }, (): Sample[] => [])
  for (const sample of samples) {
    parts[number - 1 - last + Math.floor(sample.second / bucketSeconds)]?.push(sample)
  }

  return parts.map((part, index) => ({
    second: (last - number + 1 + index) * bucketSeconds,
    seconds: part.length,
    counts: sum(part),
    hitP50: worst(part, (sample) => sample.hitP50),
    hitP99: worst(part, (sample) => sample.hitP99),
    loadP50: worst(part, (sample) => sample.loadP50),
    loadP99: worst(part, (sample) => sample.loadP99),
  }))
}

/** The share of a bucket's requests, in percent; null where there were none. */
export function percent(bucket: Bucket, of: (counts: Counts) => number): number | null {
  const all = requests(bucket.counts)
  return all === 0 ? null : (of(bucket.counts) / all) * 100
}

/** A count a second; null where nothing is known. */
export function perSecond(bucket: Bucket, of: (counts: Counts) => number): number | null {
  return bucket.seconds === 0 ? null : of(bucket.counts) / bucket.seconds
}

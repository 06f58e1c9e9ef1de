import { describe, expect, it } from 'vitest'
import { counted, counting, historySeconds, type Sample } from './history'
import { node } from './samples.testing'
import { buckets, bucketSeconds, percent, perSecond } from './series'

const samples = (from: number, to: number, hits = 4): Sample[] =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const counts = counted(node(), node({ requests: { hits_memory: hits, misses: 1 } }))
    const report = node({ latency_ms: { hit: { p50: 0.1, p99: index }, load: { p50: null, p99: null } } })
    return counting([], counts, report, from + index - 1, from + index)[0]!
  })

describe('buckets', () => {
  it('buckets_WhenTimePasses_HaveLimitsThatLieStill', () => {
    const before = buckets(samples(1_000, 1_011))
    const after = buckets(samples(1_000, 1_013))
    expect(before).toHaveLength(historySeconds / bucketSeconds)
    expect(after.map((bucket) => bucket.second)).toEqual(before.map((bucket) => bucket.second))
    expect(before.slice(-3).map((bucket) => [bucket.second, bucket.seconds])).toEqual([[1_000, 5], [1_005, 5], [1_010, 2]])
    expect(after.at(-1)!.seconds).toBe(4)
    expect(buckets(samples(1_000, 1_015)).at(-1)).toMatchObject({ second: 1_015, seconds: 1 })
  })

  it('buckets_WhenThereIsNothing_AreEmpty', () => {
    expect(buckets([])).toHaveLength(historySeconds / bucketSeconds)
    expect(buckets([]).every((bucket) => bucket.seconds === 0 && percent(bucket, (counts) => counts.memory) === null && perSecond(bucket, (counts) => counts.loads) === null)).toBe(true)
  })

  it('buckets_WhenSamplesAreOlder_LeaveThemOut', () => {
    expect(buckets([...samples(1, 5), ...samples(1_000, 1_000)]).reduce((total, bucket) => total + bucket.seconds, 0)).toBe(1)
  })

  it('percent_WhenThereWereRequests_IsTheirShare', () => {
    const [bucket] = buckets(samples(1_000, 1_004)).slice(-1)
    expect(percent(bucket!, (counts) => counts.memory)).toBe(80)
    expect(perSecond(bucket!, (counts) => counts.memory)).toBe(4)
    expect([bucket!.hitP99, bucket!.loadP99]).toEqual([4, null])
  })
})

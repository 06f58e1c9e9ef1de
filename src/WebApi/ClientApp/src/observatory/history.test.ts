import { describe, expect, it } from 'vitest'
import { counted, counting, hitRatio, lastSeconds, requests, type Sample, sum, together } from './history'
import { node } from './samples.testing'

const between = (requests: Parameters<typeof node>[0] & object): ReturnType<typeof counted> => counted(node(), node(requests))

const sample = (second: number, changes: Partial<Sample>): Sample => ({ ...counting([], between({}), node(), second - 1, second)[0]!, ...changes })

describe('counted', () => {
  it('counted_WhenStaleCopiesWereServed_DoesNotCountThemAsOriginToo', () => {
    const counts = between({ requests: { hits_memory: 6, hits_redis: 1, misses: 3, stale_served: 2 } })
    expect(counts).toMatchObject({ memory: 6, redis: 1, origin: 1, stale: 2 })
    expect(requests(counts)).toBe(10)
    expect(hitRatio(counts)).toBe(0.7)
  })

  it('counted_WhenATotalFell_TakesItForNothing', () => {
    expect(counted(node({ requests: { hits_memory: 9 } }), node()).memory).toBe(0)
  })

  it('hitRatio_WhenThereWereNoRequests_IsUnknown', () => {
    expect(hitRatio(between({}))).toBeNull()
  })
})

describe('sum', () => {
  it('sum_WhenThereAreSeveral_AddsEachCount', () => {
    const one = between({ requests: { loads: 2, load_failures: 1, misses: 2 }, stale_by_reason: { circuit_open: 1 } })
    expect(sum([one, one])).toMatchObject({ loads: 4, loadFailures: 2, origin: 4, staleByReason: { circuit_open: 2, unverified: 0 } })
  })
})

describe('together', () => {
  it('together_WhenTwoNodesReport_AddsCountsAndTakesTheWorstLatency', () => {
    const one = [sample(10, { memory: 5, hitP99: 2 }), sample(11, { memory: 6, hitP99: null })]
    const other = [sample(11, { memory: 1, hitP99: 3 }), sample(12, { memory: 2, hitP99: 1 })]
    expect(together([other, one]).map((second) => [second.second, second.memory, second.hitP99])).toEqual([
      [10, 5, 2],
      [11, 7, 3],
      [12, 2, 1],
    ])
  })

  it('together_WhenThereIsOne_IsThatOne', () => {
    const one = [sample(10, {})]
    expect(together([one])).toBe(one)
  })

  it('together_WhenThereIsNone_IsEmpty', () => {
    expect(together([])).toEqual([])
  })
})

describe('lastSeconds', () => {
  it('lastSeconds_WhenThereAreMore_TakesTheNewest', () => {
    const samples = Array.from({ length: 20 }, (_, index) => sample(100 + index, {}))
    expect(lastSeconds(samples, 5).map((one) => one.second)).toEqual([115, 116, 117, 118, 119])
    expect(lastSeconds([], 5)).toEqual([])
  })
})

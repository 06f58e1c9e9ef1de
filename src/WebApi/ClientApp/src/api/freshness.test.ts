import { describe, expect, it } from 'vitest'
import { ageAt, loadedAt, readFreshness } from './freshness'
import type { FreshnessFields } from './types'

const fields: FreshnessFields = {
  _cache_hit: true,
  _stale_data: false,
  _cached_at: '2026-03-14T09:00:00Z',
  cache_info: { source: 'memory', age_seconds: 10, ttl_seconds: 290, expires_at: '2026-03-14T09:05:00Z' },
  partial_failure: false,
  failed_operations: [],
}

describe('readFreshness', () => {
  it('readFreshness_WhenItIsAFirstAnswer_TakesTheBody', () => {
    const freshness = readFreshness(fields, new Headers({ 'Cache-Status': 'NeuroLab; hit; ttl=290; detail=memory', Age: '10' }), 5_000)
    expect(freshness).toEqual({ source: 'memory', ageSeconds: 10, receivedAt: 5_000, isStale: false, staleSince: 5_000, staleReason: null, isInvalidated: false, missing: [] })
  })

  it('readFreshness_WhenAKeptBodyWasRevalidated_TakesAgeLifeAndSourceFromTheHeaders', () => {
    const freshness = readFreshness(fields, new Headers({ 'Cache-Status': 'NeuroLab; hit; ttl=120; detail=redis', Age: '180' }), 5_000)
    expect(freshness).toMatchObject({ source: 'redis', ageSeconds: 180 })
  })

  it.each([
    ['NeuroLab; fwd=miss; stored; ttl=300', 'origin'],
    ['NeuroLab; fwd=request; stored; ttl=300', 'origin'],
    ['NeuroLab; fwd=stale; ttl=-40; detail=origin_error', 'stale'],
    ['', 'memory'],
  ])('readFreshness_WhenTheHeaderSays_%s_TheSourceIs_%s', (status, source) => {
    expect(readFreshness(fields, new Headers(status === '' ? {} : { 'Cache-Status': status }), 0).source).toBe(source)
  })

  it('readFreshness_WhenItIsStale_SaysWhyAndSinceWhen', () => {
    const stale = { ...fields, _stale_data: true, cache_info: { ...fields.cache_info, source: 'stale' as const, age_seconds: 340, ttl_seconds: 0, stale_reason: 'circuit_open' as const, invalidated: true } }
    expect(readFreshness(stale, new Headers(), 100_000)).toMatchObject({ isStale: true, staleReason: 'circuit_open', staleSince: 60_000, isInvalidated: true })
  })

  it('readFreshness_WhenItIsStaleWithinItsLife_IsStaleSinceTheAnswerCame', () => {
    const stale = { ...fields, _stale_data: true, cache_info: { ...fields.cache_info, source: 'stale' as const, stale_reason: 'unverified' as const } }
    expect(readFreshness(stale, new Headers(), 100_000).staleSince).toBe(100_000)
  })

  it('readFreshness_WhenSectionsAreMissing_NamesThem', () => {
    expect(readFreshness({ ...fields, partial_failure: true, failed_operations: ['performance_trends'] }, new Headers(), 0).missing).toEqual(['performance_trends'])
  })

  it('ageAt_WhenTimePasses_Ticks', () => {
    const freshness = readFreshness(fields, new Headers(), 60_000)
    expect(ageAt(freshness, 63_000)).toBe(13)
    expect(ageAt(freshness, 1_000)).toBe(10)
    expect(loadedAt(freshness).getTime()).toBe(50_000)
  })
})

import { describe, expect, it } from 'vitest'
import { daysOf, filtersOf, periodWords, queryOf } from './filters'

describe('filters', () => {
  it.each([
    ['', '30d', null],
    ['period=7d&type=eeg', '7d', 'eeg'],
    ['period=all', 'all', null],
    ['period=1y&type=toString', '30d', null],
  ])('filtersOf_WhenTheQueryIs_%s_Reads', (query, period, type) => {
    expect(filtersOf(new URLSearchParams(query))).toEqual({ period, type })
  })

  it('queryOf_WhenAFilterIsAtItsDefault_LeavesItOut', () => {
    expect(queryOf({ period: '30d', type: null })).toEqual({ period: null, type: null })
    expect(queryOf({ period: '7d', type: 'memory' })).toEqual({ period: '7d', type: 'memory' })
  })

  it('daysOf_WhenThePeriodHasNoEnd_IsWhatTheListCanReach', () => {
    expect([daysOf('7d'), daysOf('all')]).toEqual([7, 365])
    expect([periodWords('90d'), periodWords('all')]).toEqual(['the last 90 days', 'all time'])
  })
})

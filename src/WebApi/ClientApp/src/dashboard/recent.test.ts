import { describe, expect, it } from 'vitest'
import type { Recent } from '../api'
import { countOf, emptyWords, rowsOf } from './recent'

const recent = {
  experiments: Array.from({ length: 50 }, () => ({ experiment_type: 'eeg' })),
  activity_summary: { total_recent: 62, by_type: { eeg: 50, memory: 12, heart_rate: 0, reaction_time: 0 } },
  period: { days: 30 },
} as unknown as Recent

describe('the recent list', () => {
  it('emptyWords_WhenSomeOfTheTypeWereRunBeforeTheNewest_SaysSo', () => {
    expect(rowsOf(recent, 'memory')).toEqual([])
    expect(countOf(recent, 'memory')).toBe(12)
    expect(emptyWords(recent, 'memory')).toEqual({ title: 'The newest 50 are of other types', text: '12 experiments of this type were run in the last 30 days.', isElsewhere: true })
  })

  it('emptyWords_WhenNoneOfTheTypeWasRun_SaysSo', () => {
    expect(emptyWords(recent, 'heart_rate')).toMatchObject({ title: 'Nothing was run in the last 30 days', isElsewhere: false })
  })

  it('rowsOf_WhenThereAreMore_GivesTheFirstTen', () => {
    expect(rowsOf(recent, 'eeg')).toHaveLength(10)
    expect(rowsOf(recent, null)).toHaveLength(10)
    expect(countOf(recent, null)).toBe(62)
  })
})

import { describe, expect, it } from 'vitest'
import { dayNumber } from '../ui/format'
import { activityOf, sharesOf, trendOf } from './activity'

const range = (start: string, end: string) => ({ start: `${start}T08:00:00Z`, end: `${end}T08:00:00Z` })

describe('activityOf', () => {
  it('activityOf_WhenDaysHaveNothing_CountsZeroForThem', () => {
    const { points, step } = activityOf({ activity_timeline: [{ date: '2026-03-12', count: 3 }], date_range: range('2026-03-10', '2026-03-13') })
    expect(step).toBe(1)
    expect(points).toEqual([
      { x: dayNumber('2026-03-10'), y: 0 },
      { x: dayNumber('2026-03-11'), y: 0 },
      { x: dayNumber('2026-03-12'), y: 3 },
      { x: dayNumber('2026-03-13'), y: 0 },
    ])
  })

  it('activityOf_WhenThereAreTooManyDays_AddsThemUpInStretchesThatEndWithTheLast', () => {
    const { points, step } = activityOf({
      activity_timeline: [
        { date: '2025-03-13', count: 1 },
        { date: '2026-03-07', count: 2 },
        { date: '2026-03-13', count: 4 },
      ],
      date_range: range('2025-03-13', '2026-03-13'),
    })
    expect(step).toBe(7)
    expect(points.at(-1)).toEqual({ x: dayNumber('2026-03-07'), y: 6 })
    expect(points.reduce((sum, point) => sum + point.y!, 0)).toBe(7)
  })

  it('activityOf_WhenTheRangeIsOneMoment_HasOneStretch', () => {
    expect(activityOf({ activity_timeline: [], date_range: range('2026-03-13', '2026-03-13') }).points).toHaveLength(1)
  })
})

describe('sharesOf', () => {
  it('sharesOf_WhenTypesHaveCounts_SharesThemOutTheLargestFirst', () => {
    expect(
      sharesOf([
        { type: 'eeg', count: 1 },
        { type: 'memory', count: 3 },
        { type: 'heart_rate', count: 0 },
      ]),
    ).toEqual([
      { type: 'memory', count: 3, percent: 75 },
      { type: 'eeg', count: 1, percent: 25 },
    ])
  })
})

describe('trendOf', () => {
  it('trendOf_WhenTypesAndMetricsAreMixed_TakesOneOfOneInTheOrderOfDays', () => {
    const base = { std_dev: 1, min: 0, max: 2 }
    const trends = [
      { date: '2026-03-12', experiment_type: 'memory' as const, metrics: { ...base, mean: 0.5, accuracy: 50 } },
      { date: '2026-03-10', experiment_type: 'memory' as const, metrics: { ...base, mean: 0.8, accuracy: 80 } },
      { date: '2026-03-11', experiment_type: 'heart_rate' as const, metrics: { ...base, mean: 70 } },
    ]
    expect(trendOf(trends, 'memory', 'accuracy')).toEqual([
      { x: dayNumber('2026-03-10'), y: 80 },
      { x: dayNumber('2026-03-12'), y: 50 },
    ])
    expect(trendOf(trends, 'heart_rate', 'accuracy')).toEqual([])
  })
})

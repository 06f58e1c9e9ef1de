import type { Charts, ExperimentType, MetricName } from '../api'
import type { ChartPoint } from '../ui/Chart'
import { dayNumber, formatDay, formatShortDay } from '../ui/format'

/** How many experiments were run in each stretch of days, without gaps: days where nothing was run count 0. */
export interface Activity {
  /** At the first day of each stretch. */
  readonly points: readonly ChartPoint[]
  /** How many days a stretch has. */
  readonly step: number
}

/** More bars than these cannot be told apart: then one stands for a week, or for 30 days. */
const mostBars = 92
const steps = [1, 7, 30, 91, 365] as const

/** Counts by day, or by as many days as fit. */
export function activityOf(charts: Pick<Charts, 'activity_timeline' | 'date_range'>): Activity {
  const first = dayNumber(charts.date_range.start)
  const last = dayNumber(charts.date_range.end)
  const days = last - first + 1
  const step = steps.find((size) => days / size <= mostBars) ?? steps[steps.length - 1]!
  // The last stretch is whole and ends today; the first may reach back further than the period.
  const count = Math.max(1, Math.ceil(days / step))
  const begin = last - count * step + 1
  const counts = new Array<number>(count).fill(0)
  for (const day of charts.activity_timeline) {
    const at = Math.floor((dayNumber(day.date) - begin) / step)
    if (at >= 0 && at < count) {
      counts[at]! += day.count
    }
  }

  return { points: counts.map((y, index) => ({ x: begin + index * step, y })), step }
}

/** A stretch in words. */
export function stretch(day: number, step: number): string {
  return step === 1 ? formatShortDay(day) : `${formatShortDay(day)} – ${formatDay(day + step - 1)}`
}

export interface Share {
  readonly type: ExperimentType
  readonly count: number
  /** In percent; 0 where there is nothing at all. */
  readonly percent: number
}

/** The part that each type has, the largest first. */
export function sharesOf(distribution: Charts['experiment_type_distribution']): readonly Share[] {
  const total = distribution.reduce((sum, one) => sum + one.count, 0)
  return distribution
    .map((one) => ({ type: one.type, count: one.count, percent: total === 0 ? 0 : (100 * one.count) / total }))
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count)
}

/** The daily means of one metric of one type. */
export function trendOf(trends: Charts['performance_trends'], type: ExperimentType, metric: MetricName): readonly ChartPoint[] {
  return trends
    .filter((day) => day.experiment_type === type && day.metrics[metric] !== undefined)
    .map((day) => ({ x: dayNumber(day.date), y: day.metrics[metric]! }))
    .sort((a, b) => a.x - b.x)
}

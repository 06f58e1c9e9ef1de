import type { ExperimentType, Period } from '../api'
import { isType } from '../experiments/catalogue'
import type { Choice } from '../ui/Segments'

export interface Filters {
  readonly period: Period
  /** Null: all types. */
  readonly type: ExperimentType | null
}

export const periods: readonly Choice<Period>[] = [
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
  { value: 'all', label: 'All' },
]

const defaultPeriod: Period = '30d'

/** The most days that the recent list reaches back. */
const mostDays = 365

/** The filters as the address has them; what it does not know is left at its default. */
export function filtersOf(query: URLSearchParams): Filters {
  const period = query.get('period')
  const type = query.get('type')
  return { period: periods.find((one) => one.value === period)?.value ?? defaultPeriod, type: isType(type) ? type : null }
}

/** The parameters of the address that filters are kept in; a default is left out. */
export function queryOf({ period, type }: Filters): Readonly<Record<'period' | 'type', string | null>> {
  return { period: period === defaultPeriod ? null : period, type }
}

/** A period in days, as the recent list takes it. */
export function daysOf(period: Period): number {
  return period === 'all' ? mostDays : Number.parseInt(period, 10)
}

/** A period in words that follow "in". */
export function periodWords(period: Period): string {
  return period === 'all' ? 'all time' : `the last ${daysOf(period)} days`
}

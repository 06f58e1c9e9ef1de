import type { ExperimentType, Recent } from '../api'
import { plural } from '../ui/format'

/** So many are listed. */
const listed = 10

/** The most that the recent list can be asked for: where only one type of them is shown. */
const mostListed = 50

/** How many of the newest experiments to ask for. */
export function limitFor(type: ExperimentType | null): number {
  return type === null ? listed : mostListed
}

/** The newest experiments, of a type or of all. */
export function rowsOf(recent: Recent, type: ExperimentType | null): Recent['experiments'] {
  return recent.experiments.filter((row) => type === null || row.experiment_type === type).slice(0, listed)
}

/** How many were run in the period, of a type or of all. */
export function countOf({ activity_summary }: Recent, type: ExperimentType | null): number {
  return type === null ? activity_summary.total_recent : activity_summary.by_type[type]
}

/** What to say where there is no row: some of the type may be there, only none among the newest. */
export function emptyWords(recent: Recent, type: ExperimentType | null): { readonly title: string; readonly text: string; readonly isElsewhere: boolean } {
  const count = countOf(recent, type)
  const period = `in the last ${recent.period.days} days`
  return count === 0
    ? { title: `Nothing was run ${period}`, text: 'Choose a longer period or another type.', isElsewhere: false }
    : { title: `The newest ${recent.experiments.length} are of other types`, text: `${plural(count, 'experiment')} of this type ${count === 1 ? 'was' : 'were'} run ${period}.`, isElsewhere: true }
}

import { useMemo } from 'preact/hooks'
import type { Charts } from '../api'
import type { Resource } from '../api/resource'
import { Chart, EmptyState, plural, Section, type ChartProps } from '../ui'
import { activityOf, stretch } from './activity'
import { periodWords } from './filters'

/** How many experiments were run, day by day. */
export function ActivityCard({ resource }: { readonly resource: Resource<Charts> }) {
  return (
    <Section title="Activity" class="wide" resource={resource} parts={['activity_timeline']} needs="activity_timeline" subtitle="Experiments run, by day in UTC">
      {(charts) => <Timeline charts={charts} />}
    </Section>
  )
}

function Timeline({ charts }: { readonly charts: Charts }) {
  const props = useMemo(() => timelineOf(charts), [charts])
  if (charts.activity_timeline.length === 0) {
    return <EmptyState title={`Nothing was run in ${periodWords(charts.period)}`}>Choose a longer period or another type.</EmptyState>
  }

  return <Chart {...props} />
}

function timelineOf(charts: Charts): ChartProps {
  const { points, step } = activityOf(charts)
  const of = step === 1 ? 'day' : plural(step, 'day')
  return {
    title: `Experiments per ${of} in ${periodWords(charts.period)}`,
    kind: 'bar',
    series: [{ name: 'Experiments', color: '1', points }],
    x: { label: step === 1 ? 'Day (UTC)' : `${of} (UTC)`, format: (day) => stretch(day, step) },
    y: { label: `Experiments per ${of}`, min: 0, isWhole: true },
  }
}

import { useMemo, useState } from 'preact/hooks'
import type { Charts, ExperimentType } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes, typeNames, type MetricNote } from '../experiments/catalogue'
import { MetricFigure } from '../experiments/MetricFigure'
import { Chart, dayNumber, EmptyState, formatDay, formatNumber, formatShortDay, Section, Tabs, type ChartProps } from '../ui'
import { trendOf } from './activity'
import { periodWords } from './filters'

/** How the metrics of a type went, day by day: a chart for each, so that an axis has one unit. */
export function TrendsCard({ resource }: { readonly resource: Resource<Charts> }) {
  return (
    <Section
      title="Trends"
      class="full"
      resource={resource}
      parts={['performance_trends', 'metric_comparisons']}
      needs="performance_trends"
      size="large"
      subtitle="Means of each day's completed experiments, by type and metric"
    >
      {(charts) => <Trends charts={charts} />}
    </Section>
  )
}

function Trends({ charts }: { readonly charts: Charts }) {
  const [chosen, setChosen] = useState<ExperimentType | null>(null)
  const there = typeNames.filter((type) => charts.performance_trends.some((day) => day.experiment_type === type))
  const type = chosen !== null && there.includes(chosen) ? chosen : there[0]
  if (type === undefined) {
    return <EmptyState title={`Nothing was completed in ${periodWords(charts.period)}`}>Trends need results. Choose a longer period or another type.</EmptyState>
  }

  return (
    <Tabs label="Type" tabs={there.map((value) => ({ value, label: experimentTypes[value].label }))} value={type} onChange={setChosen}>
      <TypeTrends charts={charts} type={type} />
    </Tabs>
  )
}

function TypeTrends({ charts, type }: { readonly charts: Charts; readonly type: ExperimentType }) {
  const note = experimentTypes[type]
  const means = charts.metric_comparisons.find((one) => one.experiment_type === type)?.metrics
  const metrics = note.trends.flatMap((name) => note.metrics.filter((metric) => metric.name === name))
  return (
    <>
      {means !== undefined && (
        <>
          <h3 class="figures-title">Means over {periodWords(charts.period)}</h3>
          <dl class="figures-grid">
            {note.metrics.map((metric) => (
              <MetricFigure key={metric.name} metric={metric} metrics={means} />
            ))}
          </dl>
        </>
      )}
      <div class="trend-grid">
        {metrics.map((metric) => (
          <Trend key={`${type}.${metric.name}`} charts={charts} type={type} metric={metric} />
        ))}
      </div>
    </>
  )
}

function Trend({ charts, type, metric }: { readonly charts: Charts; readonly type: ExperimentType; readonly metric: MetricNote }) {
  const props = useMemo(() => trendChart(charts, type, metric), [charts, type, metric])
  return <Chart {...props} />
}

function trendChart(charts: Charts, type: ExperimentType, metric: MetricNote): ChartProps {
  const label = metric.unit === '' ? `${metric.label} (relative power)` : `${metric.label} (${metric.unit})`
  return {
    title: `${experimentTypes[type].label}: ${metric.label}, by day in ${periodWords(charts.period)}`,
    kind: 'line',
    size: 'small',
    series: [{ name: metric.label, color: type, points: trendOf(charts.performance_trends, type, metric.name) }],
    x: { label: 'Day (UTC)', format: (day) => (charts.period === 'all' ? formatDay(day) : formatShortDay(day)), isWhole: true, min: dayNumber(charts.date_range.start), max: dayNumber(charts.date_range.end) },
    y: { label, format: (value) => formatNumber(value, metric.decimals) },
  }
}

import type { ComponentChildren } from 'preact'
import type { Summary } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes, typeNames } from '../experiments/catalogue'
import { formatCount, formatNumber, plural, Section } from '../ui'

/** What all experiments amount to, in four cards. */
export function Overview({ resource }: { readonly resource: Resource<Summary> }) {
  return (
    <Section title="Overview" class="overview" resource={resource} parts={['average_metrics']} size="small">
      {(summary) => <Cards summary={summary} />}
    </Section>
  )
}

function Cards({ summary }: { readonly summary: Summary }) {
  const { completed, failed, pending, running } = summary.experiments_by_status
  const rate = summary.recent_activity.completion_rate
  const used = typeNames.filter((type) => summary.experiments_by_type[type] > 0)
  return (
    <dl class="stats">
      <Stat label="Experiments" value={formatCount(summary.total_experiments)}>
        {plural(completed, 'completed', 'completed')}
        {failed > 0 && `, ${formatCount(failed)} failed`}
        {pending + running > 0 && `, ${formatCount(pending + running)} under way`}
      </Stat>
      <Stat label="Completion rate" value={summary.total_experiments === 0 ? '–' : `${formatNumber(rate, 1)}%`}>
        <meter class="rate" min={0} max={100} value={rate} aria-label="Completion rate in percent" />
      </Stat>
      <Stat label="Last 7 days" value={formatCount(summary.recent_activity.last_7_days)}>
        {summary.recent_activity.last_7_days === 1 ? 'experiment run' : 'experiments run'}
      </Stat>
      <Stat label="Types" value={`${used.length} of ${typeNames.length}`}>
        <ul class="type-counts">
          {typeNames.map((type) => (
            <li key={type}>
              <span class={`swatch swatch-bar swatch-${type}`} aria-hidden="true" />
              <span>{experimentTypes[type].label}</span> <span class="figures">{formatCount(summary.experiments_by_type[type])}</span>
            </li>
          ))}
        </ul>
      </Stat>
    </dl>
  )
}

function Stat({ label, value, children }: { readonly label: string; readonly value: string; readonly children: ComponentChildren }) {
  return (
    <div class="stat">
      <dt>{label}</dt>
      <dd>
        <span class="stat-value">{value}</span>
        <div class="stat-note">{children}</div>
      </dd>
    </div>
  )
}

import type { Recent } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes, typeNames } from '../experiments/catalogue'
import { Badge, formatCount, formatNumber, Section, type Tone } from '../ui'

type Insight = Recent['insights'][number]

const tones: Readonly<Record<Insight['type'], Tone>> = { info: 'info', success: 'good', warning: 'warn' }
const words: Readonly<Record<Insight['type'], string>> = { info: 'Note', success: 'Good', warning: 'Warning' }

/** What the newest experiments show, in sentences. */
export function InsightsCard({ resource }: { readonly resource: Resource<Recent> }) {
  return (
    <Section title="Insights" resource={resource} parts={['with_results']} size="large" subtitle={<Scope resource={resource} />}>
      {(recent) => (
        <>
          <ul class="insights">
            {recent.insights.map((insight) => (
              <li key={insight.message}>
                <Badge tone={tones[insight.type]}>{words[insight.type]}</Badge>
                <span>{named(insight.message)}</span>
              </li>
            ))}
          </ul>
          <Counts of={recent.activity_summary} />
        </>
      )}
    </Section>
  )
}

function Scope({ resource }: { readonly resource: Resource<Recent> }) {
  const recent = resource.state.value.data
  return <>{recent === null ? 'All types' : `All types, the last ${recent.period.days} days`}</>
}

function Counts({ of }: { readonly of: Recent['activity_summary'] }) {
  const facts: readonly (readonly [string, string])[] = [
    ['Run', formatCount(of.total_recent)],
    ['Completion rate', of.total_recent === 0 ? '–' : `${formatNumber(of.completion_rate)}%`],
    ['With results', of.with_results === null ? 'not known' : formatCount(of.with_results)],
    ['Under way', formatCount(of.by_status.pending + of.by_status.running)],
    ['Failed', formatCount(of.by_status.failed)],
  ]
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The service's names of the types as people say them. */
function named(message: string): string {
  return typeNames.reduce((text, type) => text.replaceAll(type, type === 'eeg' ? 'EEG' : experimentTypes[type].label.toLowerCase()), message)
}

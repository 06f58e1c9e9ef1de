import type { Recent } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes, typeNames } from '../experiments/catalogue'
import { Badge, Section, type Tone } from '../ui'

type Insight = Recent['insights'][number]

const tones: Readonly<Record<Insight['type'], Tone>> = { info: 'info', success: 'good', warning: 'warn' }
const words: Readonly<Record<Insight['type'], string>> = { info: 'Note', success: 'Good', warning: 'Look' }

/** What the newest experiments show, in sentences. */
export function InsightsCard({ resource }: { readonly resource: Resource<Recent> }) {
  return (
    <Section title="Insights" resource={resource} size="large">
      {(recent) => (
        <ul class="insights">
          {recent.insights.map((insight) => (
            <li key={insight.message}>
              <Badge tone={tones[insight.type]}>{words[insight.type]}</Badge>
              <span>{named(insight.message)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** The service's names of the types as people say them. */
function named(message: string): string {
  return typeNames.reduce((text, type) => text.replaceAll(type, type === 'eeg' ? 'EEG' : experimentTypes[type].label.toLowerCase()), message)
}

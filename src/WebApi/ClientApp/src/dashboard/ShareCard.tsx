import type { Charts } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes } from '../experiments/catalogue'
import { EmptyState, formatCount, formatNumber, Section } from '../ui'
import { sharesOf } from './activity'
import { periodWords } from './filters'

/** Which part of the experiments each type has. */
export function ShareCard({ resource }: { readonly resource: Resource<Charts> }) {
  return (
    <Section title="Share by type" resource={resource} subtitle={<Period resource={resource} />}>
      {(charts) => <Shares charts={charts} />}
    </Section>
  )
}

function Period({ resource }: { readonly resource: Resource<Charts> }) {
  const charts = resource.state.value.data
  return <>{charts === null ? 'Experiments' : `${formatCount(charts.total_experiments)} in ${periodWords(charts.period)}`}</>
}

function Shares({ charts }: { readonly charts: Charts }) {
  const shares = sharesOf(charts.experiment_type_distribution)
  if (shares.length === 0) {
    return <EmptyState title="Nothing to share out">No experiment fits the filters.</EmptyState>
  }

  return (
    <>
      <div class="share-bar" aria-hidden="true">
        {shares.map((share) => (
          <span key={share.type} class={`share-part swatch-${share.type}`} style={{ flexGrow: share.count }} />
        ))}
      </div>
      <ul class="shares">
        {shares.map((share) => (
          <li key={share.type}>
            <span class={`swatch swatch-bar swatch-${share.type}`} aria-hidden="true" />
            <span class="share-name">{experimentTypes[share.type].label}</span>
            <span class="share-count figures">{formatCount(share.count)}</span>
            <span class="share-percent figures">{formatNumber(share.percent, 1)}%</span>
          </li>
        ))}
      </ul>
    </>
  )
}

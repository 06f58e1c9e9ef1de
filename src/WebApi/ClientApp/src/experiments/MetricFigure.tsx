import type { Metrics } from '../api'
import { formatValue } from '../ui'
import type { MetricNote } from './catalogue'

/** A metric of some results; nothing where they have none of it. */
export function MetricFigure({ metric, metrics }: { readonly metric: MetricNote; readonly metrics: Metrics }) {
  const value = metrics[metric.name]
  return value === undefined ? null : (
    <div class="figure">
      <dt>{metric.label}</dt>
      <dd>{formatValue(value, metric.unit, metric.decimals)}</dd>
    </div>
  )
}

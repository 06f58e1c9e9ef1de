import { useComputed } from '@preact/signals'
import { Badge } from '../ui/Badge'
import { Card } from '../ui/Card'
import { clock } from '../ui/clock'
import { formatCount, formatSpan, formatTime, plural } from '../ui/format'
import type { Feed } from './feed'
import { hitRatio, lastSeconds, sum } from './history'
import { type CircuitChange, type NodeView, silentSince } from './model'
import { nowSeconds } from './Traffic'
import { circuitWords, journalWords, type Judged, milliseconds, rate, share, storeWords } from './words'

/** So many changes of breakers are listed for a node; the newest come first. */
const mostListed = 20

const storeNames = { database: 'Database', redis: 'Redis' } as const

/** The nodes that share the cache: a card each. */
export function Nodes({ feed }: { readonly feed: Feed }) {
  const nodes = feed.nodes.value
  const asOf = useComputed(() => feed.asOf(clock().value)).value
  return (
    <section aria-labelledby="obs-nodes" class="obs-section">
      <h2 id="obs-nodes">{nodes.length === 0 ? 'Nodes' : plural(nodes.length, 'node')}</h2>
      {nodes.length === 0 ? (
        <p class="muted">None has reported yet.</p>
      ) : (
        <div class="grid">
          {nodes.map((node) => (
            <NodeCard key={node.report.id} node={node} at={feed.at.value ?? 0} asOf={asOf} circuits={feed.circuits.value} />
          ))}
        </div>
      )}
    </section>
  )
}

interface NodeCardProps {
  readonly node: NodeView
  /** When it was told of, by the clock of the node that sends the stream. */
  readonly at: number
  /** Of when that is, by the page's clock; null: of now. */
  readonly asOf: number | null
  readonly circuits: readonly CircuitChange[]
}

function NodeCard({ node, at, asOf, circuits }: NodeCardProps) {
  const { report } = node
  const silent = silentSince(node, at)
  const samples = lastSeconds(node.samples, nowSeconds)
  const counts = sum(samples)
  const seconds = Math.max(1, samples.length)
  return (
    <Card
      level={3}
      title={report.name}
      class={silent === null ? '' : 'obs-silent'}
      subtitle={
        <>
          Started at <time dateTime={report.started_at}>{formatTime(report.started_at)}</time>, {formatSpan((at - Date.parse(report.started_at)) / 1_000)} {asOf === null ? 'ago' : 'before'}
        </>
      }
      actions={
        <>
          {report.is_this && <Badge tone="info">this node</Badge>}
          {silent !== null && <Badge tone="bad">silent</Badge>}
          {asOf !== null && <Badge tone="warn">as of {formatTime(asOf)}</Badge>}
          {silent === null && asOf === null && <Badge tone="good">reporting</Badge>}
        </>
      }
    >
      {silent !== null && (
        <p class="notice tone-bad">
          Not heard of since {formatTime(silent)}, for {formatSpan((at - silent) / 1_000)}. What stands here is from then.
        </p>
      )}
      <dl class="obs-facts">
        <dt>Journal</dt>
        <dd>
          <Words of={journalWords(report.journal)} /> position {formatCount(report.journal.position)}
          {report.journal.records_pending > 0 && `, ${plural(report.journal.records_pending, 'record')} of open transactions`}
        </dd>
        <dt>Database</dt>
        <dd>
          <Words of={storeWords(report.database)} />
        </dd>
        <dt>Redis</dt>
        <dd>
          <Words of={storeWords(report.redis)} />
        </dd>
        <dt>Hits</dt>
        <dd>
          {share(hitRatio(counts))} {asOf === null ? 'now' : 'then'}, {share(report.requests.hit_ratio)} since its start
        </dd>
        <dt>Loads</dt>
        <dd>
          {rate(counts.loads / seconds)} a second, {rate(counts.coalesced / seconds)} a second coalesced
        </dd>
        <dt>p99</dt>
        <dd>
          hits {milliseconds(report.latency_ms.hit?.p99 ?? null)}, loads {milliseconds(report.latency_ms.load?.p99 ?? null)}
        </dd>
      </dl>
      <Circuits changes={circuits.filter((change) => change.node === report.id)} />
    </Card>
  )
}

function Circuits({ changes }: { readonly changes: readonly CircuitChange[] }) {
  const last = changes[0]
  return last === undefined ? (
    <p class="small muted">No breaker has changed.</p>
  ) : (
    <details class="obs-circuits">
      <summary>
        {plural(changes.length, 'change')} of breakers, the last at {formatTime(last.at)}
      </summary>
      <ol>
        {changes.slice(0, mostListed).map((change) => (
          <li key={change.number}>
            <time dateTime={change.at}>{formatTime(change.at)}</time> {storeNames[change.store]}: {circuitWords[change.from]} → {circuitWords[change.to]}
          </li>
        ))}
      </ol>
    </details>
  )
}

function Words({ of }: { readonly of: Judged }) {
  return <Badge tone={of.tone}>{of.text}</Badge>
}

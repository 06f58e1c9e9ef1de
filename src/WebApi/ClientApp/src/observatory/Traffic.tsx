import { useComputed, useSignal } from '@preact/signals'
import type { StaleReason } from '../api/types'
import { Badge } from '../ui/Badge'
import { Card } from '../ui/Card'
import { Chart, type ChartAxis, type ChartSeries } from '../ui/Chart'
import { clock } from '../ui/clock'
import { Field } from '../ui/Field'
import { formatCount, formatTime, plural } from '../ui/format'
import { staleReasons as reasonWords } from '../ui/FreshnessBadge'
import { Table } from '../ui/Table'
import type { Feed } from './feed'
import { type Counts, hitRatio, lastSeconds, requests, type Sample, staleReasons, sum, together } from './history'
import { Meter } from './Meter'
import type { NodeView } from './model'
import { type Bucket, buckets, bucketSeconds, percent, perSecond } from './series'
import { bytes, milliseconds, rate, share } from './words'

/** What is called "now" is the mean of so many seconds. */
export const nowSeconds = 10

interface Tier {
  readonly name: string
  readonly of: (counts: Counts) => number
  readonly dash: NonNullable<ChartSeries['dash']>
}

const tiers: readonly Tier[] = [
  { name: 'Memory', of: (counts) => counts.memory, dash: 'solid' },
  { name: 'Redis', of: (counts) => counts.redis, dash: 'dashed' },
  { name: 'Origin', of: (counts) => counts.origin, dash: 'dotted' },
  { name: 'Stale copy', of: (counts) => counts.stale, dash: 'mixed' },
]

const x: ChartAxis = { label: 'Seconds ago', min: bucketSeconds - 300, max: 0, format: (value) => formatCount(Math.abs(value)) }
const percents: ChartAxis = { label: 'Share of requests in %', min: 0, max: 100 }
const times: ChartAxis = { label: 'Time', min: 0, format: milliseconds }
const rates: ChartAxis = { label: 'A second', min: 0 }

/** What the cache does: how requests are answered, how fast, what is loaded, what is stale, and what memory holds. */
export function Traffic({ feed }: { readonly feed: Feed }) {
  const scope = useSignal('')
  const nodes = useComputed(() => {
    const all = feed.nodes.value
    const chosen = all.filter((node) => node.report.id === scope.value)
    return chosen.length === 0 ? all : chosen
  })
  const figures = useComputed(() => {
    const samples = together(nodes.value.map((node) => node.samples))
    return { samples, points: buckets(samples), now: lastSeconds(samples, nowSeconds) }
  })
  const asOf = useComputed(() => feed.asOf(clock().value)).value
  return (
    <>
      {feed.nodes.value.length > 1 && (
        <div class="obs-scope">
          <Field label="Figures of" hint="Counts are added; of latencies the worst node's is shown.">
            {(control) => (
              <select {...control} value={scope.value} onChange={(event) => (scope.value = event.currentTarget.value)}>
                <option value="">all nodes</option>
                {feed.nodes.value.map(({ report }) => (
                  <option key={report.id} value={report.id}>
                    {report.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
      )}
      {asOf !== null && (
        <p class="notice tone-warn">
          These figures are as of {formatTime(asOf)}: nothing newer is shown.
        </p>
      )}
      <div class="grid">
        <Answers points={figures.value.points} samples={figures.value.samples} now={figures.value.now} asOf={asOf} />
        <Stale samples={figures.value.samples} nodes={nodes.value} />
        <Memory nodes={nodes.value} />
        <Latency title="Latency of hits" points={figures.value.points} p50={(one) => one.hitP50} p99={(one) => one.hitP99} />
        <Latency title="Latency of loads" points={figures.value.points} p50={(one) => one.loadP50} p99={(one) => one.loadP99} />
        <Loads points={figures.value.points} now={figures.value.now} />
      </div>
    </>
  )
}

interface AnswersProps {
  readonly points: readonly Bucket[]
  readonly samples: readonly Sample[]
  readonly now: readonly Sample[]
  /** Of when they are, by the page's clock; null: the last of them are of now. */
  readonly asOf: number | null
}

function Answers({ points, samples, now, asOf }: AnswersProps) {
  const recent = sum(now)
  const whole = sum(samples)
  const when = asOf === null ? 'now' : 'then'
  const part = (counts: Counts, tier: Tier) => (requests(counts) === 0 ? null : tier.of(counts) / requests(counts))
  return (
    <Card
      title="Where answers come from"
      subtitle={`Hit ratio by tier over the last 5 minutes, in steps of ${bucketSeconds} s.`}
      class="wide obs-tall"
      actions={
        <Badge tone={asOf === null ? 'info' : 'warn'}>
          <span data-test="hit-ratio">{share(hitRatio(recent))}</span> hits {asOf === null ? 'now' : `as of ${formatTime(asOf)}`}
        </Badge>
      }
    >
      <Chart title="Where answers come from" kind="line" series={tiers.map((tier) => series(tier.name, points, (one) => percent(one, tier.of), tier.dash))} x={x} y={percents} hasPoints={false} />
      <div class="obs-tiers">
        <Table
          caption="Answers by tier"
          columns={[
            { header: 'From', isHeader: true, cell: (tier) => tier.name },
            { header: `A second, ${when}`, isNumber: true, cell: (tier) => rate(perSample(now, tier.of(recent))) },
            { header: `Share ${when}`, isNumber: true, cell: (tier) => share(part(recent, tier)) },
            { header: 'Share of 5 min', isNumber: true, cell: (tier) => share(part(whole, tier)) },
          ]}
          rows={tiers}
          keyOf={(tier) => tier.name}
        />
      </div>
    </Card>
  )
}

interface LatencyProps {
  readonly title: string
  readonly points: readonly Bucket[]
  readonly p50: (bucket: Bucket) => number | null
  readonly p99: (bucket: Bucket) => number | null
}

function Latency({ title, points, p50, p99 }: LatencyProps) {
  const last = points.findLast((point) => p99(point) !== null)
  return (
    <Card title={title} subtitle={`p50 ${milliseconds(last === undefined ? null : p50(last))}, p99 ${milliseconds(last === undefined ? null : p99(last))}`}>
      <Chart title={title} kind="line" series={[series('p99', points, p99, 'solid'), series('p50', points, p50, 'dashed')]} x={x} y={times} size="small" hasPoints={false} />
    </Card>
  )
}

function Loads({ points, now }: { readonly points: readonly Bucket[]; readonly now: readonly Sample[] }) {
  const { loads, coalesced, loadFailures } = sum(now)
  return (
    <Card
      title="Loads"
      subtitle={`${rate(perSample(now, loads))} a second, ${rate(perSample(now, coalesced))} requests a second joined one; ${formatCount(loadFailures)} failed in the last ${nowSeconds} s`}
    >
      <Chart
        title="Loads"
        kind="line"
        series={[
          series('Loads', points, (one) => perSecond(one, (counts) => counts.loads), 'solid'),
          series('Coalesced', points, (one) => perSecond(one, (counts) => counts.coalesced), 'dashed'),
        ]}
        x={x}
        y={rates}
        size="small"
        hasPoints={false}
      />
    </Card>
  )
}

function Stale({ samples, nodes }: { readonly samples: readonly Sample[]; readonly nodes: readonly NodeView[] }) {
  const counts = sum(samples)
  const ever = (reason: StaleReason) => nodes.reduce((total, { report }) => total + (report.stale_by_reason[reason] ?? 0), 0)
  return (
    <Card title="Stale answers" subtitle={`${plural(Math.round(counts.stale), 'answer')} in the last 5 minutes, because …`}>
      <Table
        caption="Stale answers by reason"
        columns={[
          { header: 'Because', isHeader: true, cell: (reason) => reasonWords[reason] },
          { header: '5 min', isNumber: true, cell: (reason) => formatCount(counts.staleByReason[reason]) },
          { header: 'Since start', isNumber: true, cell: (reason) => formatCount(ever(reason)) },
        ]}
        rows={staleReasons}
        keyOf={(reason) => reason}
      />
    </Card>
  )
}

function Memory({ nodes }: { readonly nodes: readonly NodeView[] }) {
  return (
    <Card title="Memory in use" subtitle="Of what each node may hold.">
      {nodes.map(({ report }) => (
        <div key={report.id} class="obs-memory">
          {nodes.length > 1 && <h3>{report.name}</h3>}
          <MemoryMeters name={report.name} memory={report.memory} />
        </div>
      ))}
    </Card>
  )
}

function MemoryMeters({ name, memory }: { readonly name: string; readonly memory: NodeView['report']['memory'] }) {
  const { entries, max_entries: mostEntries, size_bytes: size, max_bytes: mostBytes, evictions } = memory
  return (
    <>
      <Meter label={`Entries in the memory of ${name}`} value={entries} max={mostEntries} text={`${formatCount(entries)} of ${plural(mostEntries, 'entry', 'entries')}`} />
      <Meter label={`Bytes in the memory of ${name}`} value={size} max={mostBytes} text={mostBytes === null ? `${bytes(size)}; no bound in bytes` : `${bytes(size)} of ${bytes(mostBytes)}`} />
      <p class="small muted">{plural(evictions, 'entry', 'entries')} pushed out by newer ones since the start.</p>
    </>
  )
}

function series(name: string, points: readonly Bucket[], of: (bucket: Bucket) => number | null, dash: NonNullable<ChartSeries['dash']>): ChartSeries {
  const last = points.at(-1)?.second ?? 0
  return { name, dash, points: points.map((point) => ({ x: point.second - last, y: of(point) })) }
}

function perSample(samples: readonly Sample[], count: number): number {
  return count / Math.max(1, samples.length)
}

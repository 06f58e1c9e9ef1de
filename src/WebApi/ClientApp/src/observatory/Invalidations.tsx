import { useSignal } from '@preact/signals'
import { Component } from 'preact'
import { Badge } from '../ui/Badge'
import { Card } from '../ui/Card'
import { Field } from '../ui/Field'
import { formatCount, formatTime, plural } from '../ui/format'
import { EmptyState } from '../ui/States'
import type { Feed } from './feed'
import { type Invalidation, matching } from './model'
import { milliseconds } from './words'

/** So many rows are in the page at most; of more than that, a filter finds what is wanted. */
const mostRows = 200

/** What became out of date, as it happens. */
export function Invalidations({ feed }: { readonly feed: Feed }) {
  const filter = useSignal('')
  const kept = feed.invalidations.value
  const { rows, total } = matching(kept, filter.value, mostRows)
  const seen = feed.shown.value.invalidationsSeen
  return (
    <Card title="Invalidations as they happen" subtitle="What each write made out of date, and how long this node took to learn of it.">
      <div class="obs-toolbar">
        <Field label="Filter by pattern, tag, key or command">
          {(control) => (
            <input {...control} type="search" value={filter.value} onInput={(event) => (filter.value = event.currentTarget.value)} autocomplete="off" spellcheck={false} />
          )}
        </Field>
        <p class="small muted">
          {plural(seen, 'invalidation')} since this page connected
          {seen > kept.length && `, the last ${formatCount(kept.length)} kept`}
          {filter.value.trim() !== '' && `; ${plural(total, 'matches', 'match')}`}
          {total > rows.length && `; the newest ${formatCount(rows.length)} shown`}.
        </p>
      </div>
      <Gaps feed={feed} />
      {rows.length === 0 ? (
        kept.length === 0 ? (
          <EmptyState title="Nothing was invalidated yet">Any write does it: create, rename or delete an experiment.</EmptyState>
        ) : (
          <EmptyState title="None matches the filter" />
        )
      ) : (
        <div class="table-scroll obs-scroll" role="region" aria-label="Invalidations" tabIndex={0}>
          <table class="obs-invalidations">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">What</th>
                <th scope="col">Command</th>
                <th scope="col">Written on</th>
                <th scope="col" class="number">
                  Lag
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.number} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}

/** A row never changes: it is made once, whatever comes and goes around it. */
class Row extends Component<{ readonly row: Invalidation }> {
  override shouldComponentUpdate(): boolean {
    return false
  }

  override render() {
    const { row } = this.props
    return (
      <tr>
        <td>
          <time dateTime={row.at}>{formatTime(row.at)}</time>
        </td>
        <td>
          <Badge>{row.kind}</Badge> {row.purges && <Badge tone="bad">purge</Badge>} <code>{row.text}</code>
        </td>
        <td>{row.command}</td>
        <td>{row.is_own ? 'this node' : 'another node'}</td>
        <td class="number">{row.is_own ? 'none' : milliseconds(row.lag_ms)}</td>
      </tr>
    )
  }
}

function Gaps({ feed }: { readonly feed: Feed }) {
  const gaps = feed.gaps.value.slice(0, 3)
  return gaps.length === 0 ? null : (
    <ul class="obs-gaps">
      {gaps.map((gap) => (
        <li key={gap.number}>
          <Badge tone="warn">missed</Badge> {gap.missed === null ? 'An unknown number of events' : plural(gap.missed, 'event')} before {formatTime(gap.at)}: the connection had been lost for too
          long, or this page was too slow.
        </li>
      ))}
    </ul>
  )
}

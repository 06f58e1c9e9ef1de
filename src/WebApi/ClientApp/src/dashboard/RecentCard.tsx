import type { ExperimentType, Recent } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes } from '../experiments/catalogue'
import { Button, EmptyState, formatValue, Section, Table, type Column } from '../ui'
import { experimentColumns } from './columns'
import { countOf, emptyWords, rowsOf } from './recent'

type Row = Recent['experiments'][number]

const columns: readonly Column<Row>[] = [
  ...experimentColumns.slice(0, 3),
  { header: 'Result', isNumber: true, cell: (row) => <Result row={row} /> },
  ...experimentColumns.slice(3),
]

export interface RecentCardProps {
  readonly resource: Resource<Recent>
  readonly type: ExperimentType | null
  /** Shows all experiments; null where they are shown. */
  readonly onAll: (() => void) | null
}

/** The newest experiments. */
export function RecentCard({ resource, type, onAll }: RecentCardProps) {
  return (
    <Section title="Recent experiments" class="wide" resource={resource} parts={['experiments']} needs="experiments" size="large" subtitle={<Scope resource={resource} type={type} />}>
      {(recent) => <List recent={recent} type={type} onAll={onAll} />}
    </Section>
  )
}

function Scope({ resource, type }: { readonly resource: Resource<Recent>; readonly type: ExperimentType | null }) {
  const recent = resource.state.value.data
  if (recent === null) {
    return <>The newest first</>
  }

  const of = countOf(recent, type)
  return (
    <>
      {Math.min(of, rowsOf(recent, type).length)} of {of} in the last {recent.period.days} days, the newest first
    </>
  )
}

function List({ recent, type, onAll }: Omit<RecentCardProps, 'resource'> & { readonly recent: Recent }) {
  const rows = rowsOf(recent, type)
  if (rows.length > 0) {
    return <Table caption="Recent experiments" columns={columns} rows={rows} keyOf={(row) => row.id} />
  }

  const { title, text, isElsewhere } = emptyWords(recent, type)
  return (
    <EmptyState title={title} action={isElsewhere && onAll !== null ? <Button onClick={onAll}>Show all experiments</Button> : undefined}>
      {text}
    </EmptyState>
  )
}

function Result({ row }: { readonly row: Row }) {
  const metric = experimentTypes[row.experiment_type].metrics[0]!
  const value = row.metrics?.[metric.name]
  return (
    <>
      {value === undefined ? (
        <span class="muted">none</span>
      ) : (
        <>
          {formatValue(value, metric.unit, metric.decimals)} <span class="muted small wide-only">{metric.label.toLowerCase()}</span>
        </>
      )}
    </>
  )
}

import type { ExperimentType, Recent } from '../api'
import type { Resource } from '../api/resource'
import { experimentTypes } from '../experiments/catalogue'
import { EmptyState, formatValue, Section, Table, type Column } from '../ui'
import { experimentColumns } from './columns'

type Row = Recent['experiments'][number]

/** So many are listed. */
export const listed = 10

const columns: readonly Column<Row>[] = [
  ...experimentColumns.slice(0, 3),
  { header: 'Result', isNumber: true, cell: (row) => <Result row={row} /> },
  ...experimentColumns.slice(3),
]

/** The newest experiments. */
export function RecentCard({ resource, type }: { readonly resource: Resource<Recent>; readonly type: ExperimentType | null }) {
  return (
    <Section title="Recent experiments" class="wide" resource={resource} parts={['experiments']} needs="experiments" size="large" subtitle={<Scope resource={resource} type={type} />}>
      {(recent) => <List recent={recent} type={type} />}
    </Section>
  )
}

function Scope({ resource, type }: { readonly resource: Resource<Recent>; readonly type: ExperimentType | null }) {
  const recent = resource.state.value.data
  if (recent === null) {
    return <>The newest first</>
  }

  const of = type === null ? recent.activity_summary.total_recent : recent.activity_summary.by_type[type]
  return (
    <>
      {Math.min(of, rowsOf(recent, type).length)} of {of} in the last {recent.period.days} days, the newest first
    </>
  )
}

function rowsOf(recent: Recent, type: ExperimentType | null): readonly Row[] {
  return recent.experiments.filter((row) => type === null || row.experiment_type === type).slice(0, listed)
}

function List({ recent, type }: { readonly recent: Recent; readonly type: ExperimentType | null }) {
  const rows = rowsOf(recent, type)
  return rows.length === 0 ? (
    <EmptyState title={`Nothing was run in the last ${recent.period.days} days`}>Choose a longer period or another type.</EmptyState>
  ) : (
    <Table caption="Recent experiments" columns={columns} rows={rows} keyOf={(row) => row.id} />
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

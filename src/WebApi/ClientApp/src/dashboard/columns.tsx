import type { Experiment } from '../api'
import { Link } from '../app/router'
import { experimentTypes, statusTones } from '../experiments/catalogue'
import { Badge, clock, formatAgo, formatDateTime, type Column } from '../ui'

/** What lists of experiments show of each: its name, type, status, and when it was run. Where there is no room the name says the type and the time, too. */
export const experimentColumns: readonly Column<Experiment>[] = [
  {
    header: 'Name',
    isHeader: true,
    cell: (row) => (
      <>
        <Link to={`/experiments/${row.id}`} class="row-link">
          {row.name}
        </Link>
        <span class="narrow-only row-note">
          {experimentTypes[row.experiment_type].label}, <When row={row} />
        </span>
      </>
    ),
  },
  { header: 'Type', class: 'wide-only', cell: (row) => experimentTypes[row.experiment_type].label },
  { header: 'Status', cell: (row) => <Badge tone={statusTones[row.status]}>{row.status}</Badge> },
  { header: 'Run', class: 'wide-only', isNumber: true, cell: (row) => <When row={row} /> },
]

function When({ row }: { readonly row: Experiment }) {
  return (
    <time dateTime={row.created_at} title={formatDateTime(row.created_at)}>
      {formatAgo(Date.parse(row.created_at), clock().value)}
    </time>
  )
}

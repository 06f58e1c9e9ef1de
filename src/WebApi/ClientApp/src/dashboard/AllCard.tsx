import { useState } from 'preact/hooks'
import type { ExperimentType, Schemas } from '../api'
import { loadExperiments } from '../api/queries'
import { useResource } from '../api/useResource'
import { Button, EmptyState, formatCount, Section, Table } from '../ui'
import { experimentColumns } from './columns'

const pageSize = 10

/** Every experiment, of all time, page by page. */
export function AllCard({ type }: { readonly type: ExperimentType | null }) {
  const [offset, setOffset] = useState(0)
  const resource = useResource(`experiments ${type ?? 'all'} ${offset}`, loadExperiments(offset, pageSize, type))
  return (
    <Section title="All experiments" class="full" resource={resource} size="large" subtitle="Of all time, the newest first">
      {(list) => <Page list={list} onMove={setOffset} />}
    </Section>
  )
}

function Page({ list, onMove }: { readonly list: Schemas['ExperimentListResponse']; readonly onMove: (offset: number) => void }) {
  const last = Math.min(list.offset + list.limit, list.total)
  return list.total === 0 ? (
    <EmptyState title="There are none of this type">Choose another type.</EmptyState>
  ) : (
    <>
      <Table caption="All experiments" columns={experimentColumns} rows={list.experiments} keyOf={(row) => row.id} />
      <div class="pager" role="group" aria-label="Pages">
        <span class="small muted figures">
          {formatCount(Math.min(list.offset + 1, last))} to {formatCount(last)} of {formatCount(list.total)}
        </span>
        <Button isSmall isHeld={list.offset === 0} onClick={() => onMove(Math.max(0, list.offset - pageSize))}>
          Newer
        </Button>
        <Button isSmall isHeld={last >= list.total} onClick={() => onMove(list.offset + pageSize)}>
          Older
        </Button>
      </div>
    </>
  )
}

import { useRef, useState } from 'preact/hooks'
import type { ExperimentType } from '../api'
import { loadExperiments } from '../api/queries'
import { useResource } from '../api/useResource'
import { Button, EmptyState, formatCount, Section, Table } from '../ui'
import { experimentColumns } from './columns'

const pageSize = 10

/** Every experiment, of all time, page by page. */
export function AllCard({ type }: { readonly type: ExperimentType | null }) {
  const [offset, setOffset] = useState(0)
  const resource = useResource(`experiments ${type ?? 'all'} ${offset}`, loadExperiments(offset, pageSize, type))
  // How many there are is still known while a page is loaded, and when that fails: the way to the other pages stays.
  const total = useRef(0)
  total.current = resource.state.value.data?.total ?? total.current
  return (
    <Section
      title="All experiments"
      class="full"
      resource={resource}
      size="large"
      subtitle="Of all time, the newest first"
      footer={total.current > 0 && <Pager offset={offset} total={total.current} onMove={setOffset} />}
    >
      {(list) =>
        list.total === 0 ? (
          <EmptyState title="There are none of this type">Choose another type.</EmptyState>
        ) : (
          <Table caption="All experiments" columns={experimentColumns} rows={list.experiments} keyOf={(row) => row.id} />
        )
      }
    </Section>
  )
}

function Pager({ offset, total, onMove }: { readonly offset: number; readonly total: number; readonly onMove: (offset: number) => void }) {
  const last = Math.min(offset + pageSize, total)
  return (
    <div class="pager" role="group" aria-label="Pages">
      <span class="small muted figures">
        {formatCount(Math.min(offset + 1, last))} to {formatCount(last)} of {formatCount(total)}
      </span>
      <Button isSmall isHeld={offset === 0} onClick={() => onMove(Math.max(0, offset - pageSize))}>
        Newer
      </Button>
      <Button isSmall isHeld={last >= total} onClick={() => onMove(offset + pageSize)}>
        Older
      </Button>
    </div>
  )
}

import { useState } from 'preact/hooks'
import { loadCharts, loadRecent, loadSummary } from '../api/queries'
import { useResource } from '../api/useResource'
import { account } from '../app/account'
import { PlusIcon, RefreshIcon } from '../app/icons'
import { place, setQuery } from '../app/router'
import { usePageTitle } from '../app/usePageTitle'
import { experimentTypes, isType, typeNames } from '../experiments/catalogue'
import { RunDialog } from '../experiments/RunDialog'
import { Button, EmptyState, isHeld, Segments } from '../ui'
import { ActivityCard } from './ActivityCard'
import { AllCard } from './AllCard'
import { daysOf, filtersOf, periods, queryOf, type Filters } from './filters'
import { InsightsCard } from './InsightsCard'
import { Overview } from './Overview'
import { limitFor } from './recent'
import { RecentCard } from './RecentCard'
import { ShareCard } from './ShareCard'
import { TrendsCard } from './TrendsCard'

const types = [{ value: 'all', label: 'All types' }, ...typeNames.map((value) => ({ value, label: experimentTypes[value].label }))]

/** What a researcher's experiments amount to. */
export function Dashboard() {
  usePageTitle('Dashboard')
  const filters = filtersOf(place.value.query)
  const { period, type } = filters
  const [isRunning, setRunning] = useState(false)
  const [isAll, setAll] = useState(false)
  const days = daysOf(period)
  const limit = limitFor(type)
  const summary = useResource('summary', loadSummary)
  const charts = useResource(`charts ${period} ${type ?? 'all'}`, loadCharts(period, type))
  const recent = useResource(`recent ${days} ${limit}`, loadRecent(days, limit))
  const sections = [summary, charts, recent]
  const run = () => setRunning(true)
  const showAll = () => setAll(true)
  const filter = (change: Partial<Filters>) => setQuery(queryOf({ ...filters, ...change }))
  const isEmpty = summary.state.value.data?.total_experiments === 0
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Dashboard</h1>
          <p class="lead">{account.value === null ? 'What your experiments show' : `What your experiments show, ${account.value.username}`}</p>
        </div>
        <div class="page-actions">
          <Button
            icon={<RefreshIcon />}
            isBusy={sections.some((section) => section.state.value.isForced)}
            isHeld={sections.every((section) => isHeld(section.state.value))}
            onClick={() => sections.forEach((section) => section.reload({ force: true }))}
          >
            Refresh
          </Button>
          <Button variant="primary" icon={<PlusIcon />} onClick={run}>
            Run experiment
          </Button>
        </div>
      </div>
      <Overview resource={summary} />
      {isEmpty ? (
        <div class="card first-run">
          <EmptyState
            title="Run your first experiment"
            action={
              <Button variant="primary" icon={<PlusIcon />} onClick={run}>
                Run an experiment
              </Button>
            }
          >
            Measure a heart rate, reaction times, memory or an EEG. It takes a moment, and its data points, metrics and trends appear here.
          </EmptyState>
        </div>
      ) : (
        <>
          <div class="bar filters" role="group" aria-label="Filters">
            <Segments label="Period" choices={periods} value={period} onChange={(value) => filter({ period: value })} />
            <Segments label="Type" choices={types} value={type ?? 'all'} onChange={(value) => filter({ type: isType(value) ? value : null })} />
          </div>
          <div class="grid">
            <ActivityCard resource={charts} />
            <ShareCard resource={charts} />
            <TrendsCard resource={charts} />
            <RecentCard resource={recent} type={type} onAll={isAll ? null : showAll} />
            <InsightsCard resource={recent} />
            {isAll && <AllCard key={type ?? 'all'} type={type} />}
          </div>
          {!isAll && (
            <div class="more">
              <Button onClick={showAll}>Show all experiments</Button>
            </div>
          )}
        </>
      )}
      {isRunning && <RunDialog onClose={() => setRunning(false)} />}
    </>
  )
}

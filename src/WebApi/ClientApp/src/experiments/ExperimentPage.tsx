import { useState } from 'preact/hooks'
import type { Experiment, ExperimentDetails } from '../api'
import { experimentKey, loadExperiment } from '../api/queries'
import { useResource } from '../api/useResource'
import { BackIcon, RefreshIcon } from '../app/icons'
import { Link, navigate } from '../app/router'
import { usePageTitle } from '../app/usePageTitle'
import { Badge, Button, Card, EmptyState, formatDateTime, formatValue, FreshnessBadge, FreshnessNotice, ErrorState, isHeld, Section } from '../ui'
import { experimentTypes, statusTones } from './catalogue'
import { DataChart } from './DataChart'
import { DeleteDialog, RenameDialog } from './dialogs'
import { MetricFigure } from './MetricFigure'

/** An experiment with its results. */
export function ExperimentPage({ id }: { readonly id: string }) {
  const resource = useResource(experimentKey(id), loadExperiment(id))
  const state = resource.state.value
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null)
  usePageTitle(state.data?.experiment.name ?? 'Experiment')
  const close = () => setDialog(null)
  const back = (
    <Link to="/" class="crumb">
      <BackIcon />
      Dashboard
    </Link>
  )
  if (state.data === null) {
    return (
      <>
        {back}
        <div class="page-head">
          <h1>Experiment</h1>
        </div>
        <Card title="Data points" isBusy={state.isLoading} actions={<FreshnessBadge state={state} what="Experiment" />}>
          {state.error?.status === 404 || state.error?.status === 400 ? (
            <EmptyState title="There is no such experiment" action={<Link to="/">To the dashboard</Link>}>
              It may have been deleted, or belongs to somebody else.
            </EmptyState>
          ) : state.error !== null ? (
            <ErrorState {...state} error={state.error} what="Experiment" onRetry={() => resource.reload({ force: true })} />
          ) : (
            <div class="skeleton chart-large" role="status">
              <span class="hidden">The experiment is loading</span>
            </div>
          )}
        </Card>
      </>
    )
  }

  const { experiment } = state.data
  return (
    <>
      {back}
      <div class="page-head">
        <div>
          <h1>{experiment.name}</h1>
          <p class="lead">
            {experimentTypes[experiment.experiment_type].label}, run on <time dateTime={experiment.created_at}>{formatDateTime(experiment.created_at)}</time>{' '}
            <Badge tone={statusTones[experiment.status]}>{experiment.status}</Badge>
          </p>
        </div>
        <div class="page-actions">
          <Button icon={<RefreshIcon />} isBusy={state.isForced} isHeld={isHeld(state)} onClick={() => resource.reload({ force: true })}>
            Refresh
          </Button>
          <Button onClick={() => setDialog('rename')}>Rename</Button>
          <Button variant="danger" onClick={() => setDialog('delete')}>
            Delete
          </Button>
        </div>
      </div>
      <FreshnessNotice state={state} what="Experiment" onRetry={() => resource.reload({ force: true })} />
      <div class="grid">
        <Section title="Data points" class="full" resource={resource} size="large" hasNotice={false}>
          {(details) => <DataPoints details={details} />}
        </Section>
        <Card title="Metrics" class="wide">
          <Figures details={state.data} />
        </Card>
        <Card title="Parameters">
          <Parameters experiment={experiment} />
        </Card>
      </div>
      {dialog === 'rename' && (
        <RenameDialog
          experiment={experiment}
          onClose={close}
          onDone={(renamed) => resource.put({ ...state.data!, experiment: renamed })}
        />
      )}
      {dialog === 'delete' && (
        <DeleteDialog
          experiment={experiment}
          onClose={close}
          onDone={() => {
            // It would be asked for once more before the page is left.
            resource.dispose()
            navigate('/')
          }}
        />
      )}
    </>
  )
}

function DataPoints({ details: { experiment, results } }: { readonly details: ExperimentDetails }) {
  if (results !== null && results.data_points.length > 0) {
    return <DataChart type={experiment.experiment_type} points={results.data_points} />
  }

  return experiment.status === 'failed' ? (
    <EmptyState title="This experiment failed">It has no results. Run it again from the dashboard.</EmptyState>
  ) : (
    <EmptyState title="There are no results yet">They appear here as soon as the experiment is completed.</EmptyState>
  )
}

function Figures({ details: { experiment, results } }: { readonly details: ExperimentDetails }) {
  if (results === null) {
    return <p class="muted">Nothing was measured.</p>
  }

  return (
    <>
      <dl class="figures-grid">
        {experimentTypes[experiment.experiment_type].metrics.map((metric) => (
          <MetricFigure key={metric.name} metric={metric} metrics={results.metrics} />
        ))}
      </dl>
      <p class="analysis">{results.analysis_summary}</p>
    </>
  )
}

function Parameters({ experiment }: { readonly experiment: Experiment }) {
  return (
    <dl class="facts">
      {experimentTypes[experiment.experiment_type].parameters.map((rule) => {
        const value = experiment.parameters[rule.name]
        return value === undefined ? null : (
          <div key={rule.name}>
            <dt>{rule.label}</dt>
            <dd>{typeof value === 'number' ? formatValue(value, rule.kind === 'number' ? rule.unit : '') : value}</dd>
          </div>
        )
      })}
      <div>
        <dt>Last change</dt>
        <dd>
          <time dateTime={experiment.updated_at}>{formatDateTime(experiment.updated_at)}</time>
        </dd>
      </div>
    </dl>
  )
}

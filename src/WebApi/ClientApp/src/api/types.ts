import type { components } from './schema'

/** The shapes of the service's bodies by the names of its description. */
export type Schemas = components['schemas']

export type Problem = Schemas['Problem']
export type SignIn = Schemas['SignInResponse']
export type Me = Schemas['MeResponse']
export type Experiment = Schemas['ExperimentResponse']
export type ExperimentType = Experiment['experiment_type']
export type ExperimentStatus = Experiment['status']
export type ExperimentDetails = Schemas['ExperimentDetailsResponse']
export type CreateExperiment = Schemas['CreateExperimentBody']
export type Parameters = Schemas['ParametersResponse']
export type DataPoint = Schemas['DataPointResponse']
export type Metrics = Schemas['MetricsResponse']
export type MetricName = keyof Metrics
export type Summary = Schemas['DashboardSummaryResponse']
export type Charts = Schemas['DashboardChartsResponse']
export type Period = Charts['period']
export type Recent = Schemas['DashboardRecentResponse']
export type StaleReason = Schemas['StaleReason']
export type CacheSource = Schemas['CacheSource']
/** What every cached answer carries beside its value. */
export type FreshnessFields = Schemas['Freshness']

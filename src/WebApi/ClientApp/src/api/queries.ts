import { client, value } from '.'
import { readFreshness } from './freshness'
import { forgetAnswer, type Load, type Loaded, type LoadOptions } from './resource'
import type { Charts, CreateExperiment, Experiment, ExperimentDetails, ExperimentType, FreshnessFields, Period, Recent, Schemas, Summary } from './types'

export const loadSummary: Load<Summary> = async (options) =>
  cached(await client.signedIn.GET('/api/dashboard/summary', { params: { query: forced(options) }, signal: options.signal }))

export function loadCharts(period: Period, type: ExperimentType | null): Load<Charts> {
  return async (options) =>
    cached(
      await client.signedIn.GET('/api/dashboard/charts', {
        params: { query: { period, ...(type === null ? {} : { experiment_type: type }), ...forced(options) } },
        signal: options.signal,
      }),
    )
}

export function loadRecent(days: number, limit: number): Load<Recent> {
  return async (options) => cached(await client.signedIn.GET('/api/dashboard/recent', { params: { query: { days, limit, ...forced(options) } }, signal: options.signal }))
}

export function loadExperiments(offset: number, limit: number, type: ExperimentType | null): Load<Schemas['ExperimentListResponse']> {
  return async (options) =>
    cached(
      await client.signedIn.GET('/api/experiments', {
        params: { query: { offset, limit, ...(type === null ? {} : { experiment_type: type }), ...forced(options) } },
        signal: options.signal,
      }),
    )
}

/** Names the question for an experiment. */
export function experimentKey(id: string): string {
  return `experiment ${id}`
}

export function loadExperiment(id: string): Load<ExperimentDetails> {
  return async (options) => cached(await client.signedIn.GET('/api/experiments/{id}', { params: { path: { id }, query: forced(options) }, signal: options.signal }))
}

/** Runs an experiment. Throws an ApiError. */
export async function createExperiment(body: CreateExperiment): Promise<ExperimentDetails> {
  return written(value(await client.signedIn.POST('/api/experiments', { body })))
}

/** Gives an experiment another name. Throws an ApiError. */
export async function renameExperiment(id: string, name: string): Promise<Experiment> {
  return written(value(await client.signedIn.PATCH('/api/experiments/{id}', { params: { path: { id } }, body: { name } }))).experiment
}

/**
 * Deletes an experiment with its results. Throws an ApiError.
 * @param onGone Is called before all that is shown is loaded anew: what shows the experiment need not ask for it any more.
 */
export async function deleteExperiment(id: string, onGone: () => void): Promise<void> {
  await client.signedIn.DELETE('/api/experiments/{id}', { params: { path: { id } } })
  forgetAnswer(experimentKey(id))
  onGone()
  client.wrote()
}

function written<T>(answer: T): T {
  client.wrote()
  return answer
}

function cached<T extends FreshnessFields>(answer: { data?: T; response: Response }): Loaded<T> {
  const body = value(answer)
  return { value: body, freshness: readFreshness(body, answer.response.headers, Date.now()) }
}

function forced({ force }: LoadOptions): { force_refresh?: true } {
  return force ? { force_refresh: true } : {}
}

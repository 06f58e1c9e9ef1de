import type { ExperimentStatus, ExperimentType, MetricName, Parameters } from '../api'
import type { Tone } from '../ui'

export type ParameterName = keyof Parameters

/** A parameter: a whole number between two bounds, both included, or one of a few words, of which the first is the default. */
export type ParameterRule = { readonly name: ParameterName; readonly label: string } & (
  | { readonly kind: 'number'; readonly unit: string; readonly byDefault: number; readonly least: number; readonly most: number }
  | { readonly kind: 'word'; readonly words: readonly string[] }
)

export interface MetricNote {
  readonly name: MetricName
  readonly label: string
  /** Empty: a bare number. */
  readonly unit: string
  readonly decimals: number
}

export interface ExperimentTypeNote {
  readonly label: string
  /** What it measures, in a sentence. */
  readonly about: string
  readonly parameters: readonly ParameterRule[]
  /** What its results amount to, the first being the one to name where there is room for one. */
  readonly metrics: readonly MetricNote[]
  /** Of which metrics the course over time is shown. */
  readonly trends: readonly MetricName[]
}

const spread = (unit: string, decimals: number): readonly MetricNote[] => [
  { name: 'std_dev', label: 'Standard deviation', unit, decimals },
  { name: 'min', label: 'Least', unit, decimals },
  { name: 'max', label: 'Most', unit, decimals },
]

/** Every type of experiment with its parameters, their bounds and defaults, and its metrics: the table of the API's contract. */
export const experimentTypes: Readonly<Record<ExperimentType, ExperimentTypeNote>> = {
  heart_rate: {
    label: 'Heart rate',
    about: 'One measurement a second around a baseline, in beats a minute.',
    parameters: [
      { name: 'duration_minutes', label: 'Duration', kind: 'number', unit: 'min', byDefault: 5, least: 1, most: 60 },
      { name: 'baseline_bpm', label: 'Baseline', kind: 'number', unit: 'bpm', byDefault: 75, least: 40, most: 200 },
    ],
    metrics: [{ name: 'mean', label: 'Mean', unit: 'bpm', decimals: 1 }, ...spread('bpm', 1)],
    trends: ['mean', 'std_dev'],
  },
  reaction_time: {
    label: 'Reaction time',
    about: 'The time from a stimulus to the response, trial by trial.',
    parameters: [
      { name: 'trials', label: 'Trials', kind: 'number', unit: '', byDefault: 10, least: 5, most: 50 },
      { name: 'stimulus_type', label: 'Stimulus', kind: 'word', words: ['visual', 'audio'] },
    ],
    metrics: [{ name: 'mean', label: 'Mean', unit: 'ms', decimals: 1 }, ...spread('ms', 1)],
    trends: ['mean', 'std_dev'],
  },
  memory: {
    label: 'Memory',
    about: 'Items to be recalled, one after the other, and how long each answer took.',
    parameters: [
      { name: 'items_count', label: 'Items', kind: 'number', unit: '', byDefault: 10, least: 5, most: 30 },
      { name: 'test_type', label: 'Kind of items', kind: 'word', words: ['visual', 'verbal', 'spatial'] },
    ],
    metrics: [
      { name: 'accuracy', label: 'Recalled', unit: '%', decimals: 1 },
      { name: 'avg_response_time', label: 'Mean response time', unit: 's', decimals: 2 },
    ],
    trends: ['accuracy', 'avg_response_time'],
  },
  eeg: {
    label: 'EEG',
    about: 'The relative power of four frequency bands, once a second.',
    parameters: [
      { name: 'duration_minutes', label: 'Duration', kind: 'number', unit: 'min', byDefault: 2, least: 1, most: 30 },
      { name: 'sampling_rate', label: 'Sampling rate', kind: 'number', unit: 'Hz', byDefault: 256, least: 128, most: 1024 },
    ],
    metrics: [
      { name: 'alpha_avg', label: 'Alpha, mean', unit: '', decimals: 3 },
      { name: 'beta_avg', label: 'Beta, mean', unit: '', decimals: 3 },
      { name: 'theta_avg', label: 'Theta, mean', unit: '', decimals: 3 },
      { name: 'delta_avg', label: 'Delta, mean', unit: '', decimals: 3 },
    ],
    trends: ['alpha_avg', 'beta_avg', 'theta_avg', 'delta_avg'],
  },
}

/** The types in the order of the contract. */
export const typeNames = Object.keys(experimentTypes) as readonly ExperimentType[]

/** Whether a text names a type. */
export function isType(text: string | null): text is ExperimentType {
  return text !== null && Object.hasOwn(experimentTypes, text)
}

export const statusTones: Readonly<Record<ExperimentStatus, Tone>> = { pending: 'neutral', running: 'info', completed: 'good', failed: 'bad' }

import { useMemo } from 'preact/hooks'
import type { DataPoint, ExperimentType } from '../api'
import { Chart, formatNumber, type ChartAxis, type ChartProps, type ChartSeries } from '../ui'

export interface DataChartProps {
  readonly type: ExperimentType
  readonly points: readonly DataPoint[]
}

/** The data points of an experiment, on an axis of the unit that they were measured in. */
export function DataChart({ type, points }: DataChartProps) {
  const props = useMemo(() => chartOf(type, points), [type, points])
  return <Chart {...props} size="large" />
}

/** What is plotted of an experiment's data points. */
export function chartOf(type: ExperimentType, points: readonly DataPoint[]): ChartProps {
  switch (type) {
    case 'heart_rate':
      return {
        title: 'Heart rate over time',
        kind: 'line',
        series: [{ name: 'Heart rate', color: 'heart_rate', points: overTime(points, (point) => point.value) }],
        x: timeAxis(points.length),
        y: { label: 'Heart rate (bpm)' },
      }
    case 'reaction_time':
      return {
        title: 'Reaction time by trial',
        kind: 'line',
        hasPoints: true,
        series: [{ name: 'Reaction time', color: 'reaction_time', points: points.map((point, index) => ({ x: index + 1, y: point.value })) }],
        x: { label: 'Trial', isWhole: true },
        y: { label: 'Reaction time (ms)' },
      }
    case 'memory':
      return {
        title: 'Response time by item, recalled or not',
        kind: 'bar',
        isStacked: true,
        series: [itemsWhere('Recalled', '1', points, 1), itemsWhere('Not recalled', '3', points, 0)],
        x: { label: 'Item', isWhole: true },
        y: { label: 'Response time (s)', min: 0 },
      }
    case 'eeg':
      return {
        title: 'Relative power of the frequency bands over time',
        kind: 'line',
        hasPoints: false,
        series: bands.map(({ name, label, color, dash }) => ({ name: label, color, dash, points: overTime(points, (point) => point.metadata[name] ?? null) })),
        x: timeAxis(points.length),
        y: { label: 'Relative power', min: 0, format: (value) => formatNumber(value, 2) },
      }
  }
}

const bands = [
  { name: 'alpha', label: 'Alpha', color: '1', dash: 'solid' },
  { name: 'beta', label: 'Beta', color: '2', dash: 'dashed' },
  { name: 'theta', label: 'Theta', color: '3', dash: 'dotted' },
  { name: 'delta', label: 'Delta', color: '4', dash: 'mixed' },
] as const

const timeSteps = [10, 20, 30, 60, 120, 300, 600] as const
const mostTimeTicks = 8

/** Seconds since the start, one point each; the ticks stand at round times. */
function timeAxis(seconds: number): ChartAxis {
  return { label: 'Time since the start (min:s)', format: minutes, step: timeSteps.find((step) => seconds / step <= mostTimeTicks) ?? timeSteps[timeSteps.length - 1]! }
}

/** Seconds as minutes and seconds. */
function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`
}

function overTime(points: readonly DataPoint[], value: (point: DataPoint) => number | null) {
  const start = Date.parse(points[0]?.timestamp ?? '')
  return points.map((point) => ({ x: (Date.parse(point.timestamp) - start) / 1000, y: value(point) }))
}

function itemsWhere(name: string, color: '1' | '3', points: readonly DataPoint[], recalled: 0 | 1): ChartSeries {
  const count = points.filter((point) => point.value === recalled).length
  return {
    name: `${name} (${count})`,
    color,
    points: points.map((point, index) => ({ x: index + 1, y: point.value === recalled ? (point.metadata['response_time'] ?? null) : null })),
  }
}

import type { Chart as Engine, ChartConfiguration, ChartDataset, ScaleOptionsByType } from 'chart.js'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from './Button'
import { formatNumber } from './format'
import { announce } from './live'
import { Table, type Column } from './Table'
import { theme } from './theme'

export interface ChartPoint {
  readonly x: number
  /** Null: nothing was measured there. */
  readonly y: number | null
}

/** The colours of a chart by their custom properties, `--chart-<name>`. */
export type ChartColor = 'heart_rate' | 'reaction_time' | 'memory' | 'eeg' | '1' | '2' | '3' | '4'

export interface ChartSeries {
  readonly name: string
  readonly points: readonly ChartPoint[]
  /** By default the series' number. */
  readonly color?: ChartColor
  /** How its line is drawn, so that colour is not all that tells it from others. */
  readonly dash?: 'solid' | 'dashed' | 'dotted' | 'mixed'
}

export interface ChartAxis {
  /** What it measures, with the unit. */
  readonly label: string
  readonly format?: (value: number) => string
  readonly min?: number
  readonly max?: number
  /** How far its ticks are apart; by default what fits. */
  readonly step?: number
  /** Only whole numbers stand at its ticks. */
  readonly isWhole?: boolean
}

export interface ChartProps {
  /** What it shows: the name of the picture and the caption of the table. */
  readonly title: string
  readonly kind: 'line' | 'bar'
  /** All of one unit: there is one vertical axis. */
  readonly series: readonly ChartSeries[]
  readonly x: ChartAxis
  readonly y: ChartAxis
  readonly size?: 'small' | 'medium' | 'large'
  /** Bars of one place stand on each other. */
  readonly isStacked?: boolean
  /** Marks each measured point; by default where there are few. */
  readonly hasPoints?: boolean
  /** Whether there is a button that shows the figures as a table; the page offers them elsewhere if not. */
  readonly hasTable?: boolean
}

const dashes = { solid: [], dashed: [7, 4], dotted: [2, 3], mixed: [9, 3, 2, 3] } as const
const manyPoints = 40

/** A chart on a canvas, with a legend and a table in HTML. It does not move. Its colours follow the theme. */
export function Chart(props: ChartProps) {
  const { title, series, size = 'medium', hasTable = true } = props
  const [isTable, setTable] = useState(false)
  const canvas = useRef<HTMLCanvasElement>(null)
  const engine = useRef<Engine | null>(null)
  const latest = useRef(props)
  latest.current = props
  const shown = theme.value

  useEffect(() => {
    if (isTable) {
      return
    }

    let isGone = false
    import('./chartEngine').then(
      ({ Chart: EngineOf }) => {
        if (!isGone && canvas.current !== null) {
          engine.current = new EngineOf(canvas.current, configure(latest.current))
        }
      },
      () => {
        if (!isGone) {
          setTable(true)
          announce(`${latest.current.title}: the chart cannot be drawn; its figures are in a table`)
        }
      },
    )
    return () => {
      isGone = true
      engine.current?.destroy()
      engine.current = null
    }
  }, [isTable, props.kind])

  useEffect(() => {
    const chart = engine.current
    if (chart !== null) {
      const { data, options } = configure(props)
      chart.data = data
      chart.options = options!
      chart.update('none')
    }
  }, [series, props.x, props.y, props.isStacked, shown])

  return (
    <figure class="chart">
      <div class="chart-bar">
        {series.length > 1 ? (
          <ul class="legend">
            {series.map((one, index) => (
              <li key={one.name}>
                <span class={`swatch swatch-${one.color ?? index + 1} swatch-${props.kind === 'bar' ? 'bar' : (one.dash ?? 'solid')}`} aria-hidden="true" />
                {one.name}
              </li>
            ))}
          </ul>
        ) : (
          <span class="chart-axis">{props.y.label}</span>
        )}
        {hasTable && (
          <Button variant="quiet" isSmall aria-label={`${isTable ? 'Chart' : 'Table'}: ${title}`} onClick={() => setTable(!isTable)}>
            {isTable ? 'Chart' : 'Table'}
          </Button>
        )}
      </div>
      {isTable ? (
        <ChartTable {...props} />
      ) : (
        <div class={`chart-area chart-${size}`}>
          <canvas ref={canvas} role="img" aria-label={describe(props)} />
        </div>
      )}
    </figure>
  )
}

function ChartTable({ title, series, x, y, size = 'medium' }: ChartProps) {
  const values = series.map((one) => new Map(one.points.map((point) => [point.x, point.y])))
  const places = [...new Set(series.flatMap((one) => one.points.map((point) => point.x)))].sort((a, b) => a - b)
  const format = (place: number, axis: ChartAxis) => (axis.format ?? ((value: number) => formatNumber(value, 3)))(place)
  const columns: Column<number>[] = [
    { header: x.label, cell: (place) => format(place, x), isHeader: true },
    ...series.map((one, index): Column<number> => ({
      header: series.length === 1 ? y.label : `${one.name} (${y.label})`,
      isNumber: true,
      cell: (place) => {
        const value = values[index]!.get(place)
        return value === undefined || value === null ? '–' : format(value, y)
      },
    })),
  ]
  return (
    <div class={`chart-table chart-${size}`}>
      <Table caption={title} columns={columns} rows={places} keyOf={(place) => place} />
    </div>
  )
}

/** The picture in a sentence: how many figures of what, and from where to where they reach. */
function describe({ title, series, y }: ChartProps): string {
  const format = y.format ?? ((value: number) => formatNumber(value, 2))
  const parts = series.map((one) => {
    const values = one.points.flatMap((point) => (point.y === null ? [] : [point.y]))
    return values.length === 0
      ? `${one.name}: none`
      : `${one.name}: ${values.length} values from ${format(values.reduce((a, b) => Math.min(a, b)))} to ${format(values.reduce((a, b) => Math.max(a, b)))}`
  })
  return `${title}. ${y.label}. ${parts.join('; ')}.`
}

function configure(props: ChartProps): ChartConfiguration<'line' | 'bar'> {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const { kind, series, x, y } = props
  const [ink, grid] = [color('--ink-soft'), color('--line-soft')]
  const font = { family: style.getPropertyValue('--font'), size: 12 }
  const named = (axis: ChartAxis) => ({ display: true, text: axis.label, color: ink, font })
  const ticks = (axis: ChartAxis) => ({
    color: ink,
    font,
    maxRotation: 0,
    autoSkipPadding: 12,
    ...(axis.isWhole ? { precision: 0 } : {}),
    ...(axis.step === undefined ? {} : { stepSize: axis.step }),
  })
  const formatted = (axis: ChartAxis, value: string | number) => (axis.format ?? ((v: number) => formatNumber(v, 3)))(Number(value))
  const places = kind === 'bar' ? [...new Set(series.flatMap((one) => one.points.map((point) => point.x)))].sort((a, b) => a - b) : []
  const datasets = series.map((one, index): ChartDataset<'line' | 'bar', ({ x: number; y: number | null } | number | null)[]> => {
    const ink = color(`--chart-${one.color ?? index + 1}`)
    if (kind === 'bar') {
      const values = new Map(one.points.map((point) => [point.x, point.y]))
      return { label: one.name, data: places.map((place) => values.get(place) ?? null), backgroundColor: ink, borderRadius: 3, maxBarThickness: 44, categoryPercentage: 0.86, barPercentage: 0.92 }
    }

    return {
      label: one.name,
      data: one.points as { x: number; y: number | null }[],
      borderColor: ink,
      backgroundColor: `${ink}22`,
      borderWidth: 1.75,
      borderDash: [...dashes[one.dash ?? 'solid']],
      pointRadius: (props.hasPoints ?? one.points.length <= manyPoints) ? 2.75 : 0,
      pointBackgroundColor: ink,
      pointHoverRadius: 5,
      spanGaps: true,
      // A point at the edge is drawn whole.
      clip: 8,
      tension: 0,
    }
  })
  const scaleX = {
    ...(kind === 'bar' ? { type: 'category' as const, labels: places.map((place) => formatted(x, place)), stacked: props.isStacked ?? false } : { type: 'linear' as const, ...bounds(x) }),
    title: named(x),
    grid: { display: false },
    border: { color: grid },
    ticks: kind === 'bar' ? ticks(x) : { ...ticks(x), callback: (value: string | number) => formatted(x, value) },
  }
  return {
    type: kind,
    data: { datasets } as ChartConfiguration<'line' | 'bar'>['data'],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      normalized: true,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: scaleX as unknown as ScaleOptionsByType<'linear'>,
        y: {
          type: 'linear',
          ...bounds(y),
          stacked: props.isStacked ?? false,
          title: { ...named(y), display: series.length > 1 },
          grid: { color: grid },
          border: { display: false },
          ticks: { ...ticks(y), maxTicksLimit: 6, callback: (value) => formatted(y, value) },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: color('--tip'),
          titleColor: color('--tip-ink'),
          bodyColor: color('--tip-ink'),
          titleFont: font,
          bodyFont: font,
          padding: 10,
          boxPadding: 4,
          callbacks: {
            title: (items) => (items[0] === undefined ? '' : kind === 'bar' ? items[0].label : `${x.label}: ${formatted(x, items[0].parsed.x ?? 0)}`),
            label: (item) => `${item.dataset.label ?? ''}: ${formatted(y, item.parsed.y ?? 0)}`,
          },
        },
      },
    },
  }
}

function bounds(axis: ChartAxis): { min?: number; max?: number } {
  return { ...(axis.min === undefined ? {} : { min: axis.min }), ...(axis.max === undefined ? {} : { max: axis.max }) }
}

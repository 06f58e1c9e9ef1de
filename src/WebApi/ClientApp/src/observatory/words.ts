import type { Tone } from '../ui/Badge'
import { formatCount, formatNumber, formatSpan, formatValue, plural } from '../ui/format'
import type { Circuit, NodeReport } from './events'

export const circuitWords: Readonly<Record<Circuit, string>> = {
  closed: 'breaker closed',
  open: 'breaker open: it is not asked',
  half_open: 'breaker half open: one call tries it',
}

/** How something is, in words; the tone only underlines them. */
export interface Judged {
  readonly text: string
  readonly tone: Tone
}

/** How a store is seen from a node. */
export function storeWords(store: NodeReport['database'] | NodeReport['redis']): Judged {
  if (store.status === 'disabled') {
    return { text: 'not configured', tone: 'neutral' }
  }

  const circuit = store.circuit === null ? '' : `, ${circuitWords[store.circuit] ?? store.circuit}`
  const healthy = store.status === 'healthy'
  return {
    text: `${healthy ? 'connected' : 'unavailable'}${circuit}`,
    tone: !healthy || store.circuit === 'open' ? 'bad' : store.circuit === 'half_open' ? 'warn' : 'good',
  }
}

/** How far a node's knowledge of the journal goes. */
export function journalWords(journal: NodeReport['journal']): Judged {
  const { verified_seconds_ago: ago } = journal
  const read = ago === null ? 'never read' : `read ${formatSpan(ago)} ago`
  return journal.is_trusted ? { text: `trusted, ${read}`, tone: 'good' } : { text: `not trusted, ${read}: answers are marked stale`, tone: 'bad' }
}

/** A rate or another small number: whole from ten on, one decimal below. */
export function rate(number: number): string {
  return formatNumber(number, number >= 10 ? 0 : 1)
}

/** A share from 0 to 1 as a percentage; a dash where it is not known. */
export function share(of: number | null): string {
  return of === null ? '–' : formatValue(of * 100, '%', 1)
}

/** Milliseconds with about two digits, in smaller units where they are few; a dash where they are not known. */
export function milliseconds(value: number | null): string {
  if (value === null) {
    return '–'
  }

  if (value > 0 && value < 0.0995) {
    return value < 0.000995 ? `${formatCount(value * 1_000_000)} ns` : `${formatNumber(value * 1_000, value < 0.00995 ? 1 : 0)} µs`
  }

  return value < 0.995 ? `${formatNumber(value, 2)} ms` : value < 9.95 ? `${value.toFixed(1)} ms` : `${formatCount(value)} ms`
}

const byteUnits = ['KB', 'MB', 'GB', 'TB']

export function bytes(value: number): string {
  if (value < 1_024) {
    return plural(value, 'byte')
  }

  let scaled = value
  let unit = -1
  while (scaled >= 1_024 && unit < byteUnits.length - 1) {
    scaled /= 1_024
    unit++
  }

  return `${scaled < 10 ? scaled.toFixed(1) : formatCount(scaled)} ${byteUnits[unit]}`
}

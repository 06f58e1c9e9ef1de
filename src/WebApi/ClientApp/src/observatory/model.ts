import type { CircuitEvent, GapEvent, InvalidationEvent, NodeReport, NodesEvent } from './events'
import { counted, counting, historySeconds, type Sample, within } from './history'
import type { StreamMessage } from './sse'

/** A node that was not heard of for longer is marked, in milliseconds. */
export const silentAfter = 10_000

/** A clock that goes back further was set, or is another's: the history begins anew. In seconds. */
const mostDrift = 5

/** The most of each that is kept; the newest come first. */
export const mostInvalidations = 1_000
export const mostCircuits = 100
export const mostGaps = 20
export const mostNodes = 32

export interface NodeView {
  readonly report: NodeReport
  /** The time of the last event that told something new of it, in milliseconds since 1970, by the sender's clock. */
  readonly heardAt: number
  /** The last second that its samples reach to. */
  readonly countedTo: number
  /** At most a sample a second, oldest first, over `historySeconds`. */
  readonly samples: readonly Sample[]
}

/** With a number of its own, which tells rows apart. */
export interface Numbered {
  readonly number: number
}

export type Invalidation = InvalidationEvent & Numbered
/** With the node whose breaker it is: the stream tells of the sender's own, the others' show in their reports. */
export type CircuitChange = CircuitEvent & Numbered & { readonly node: string }

export interface Gap extends Numbered {
  /** How many events were missed; null where that is not known. */
  readonly missed: number | null
  /** When the page learnt of it, in milliseconds since 1970, by its own clock. */
  readonly at: number
}

/** All that the page knows of the stream. Immutable, and bounded however long it runs. */
export interface Observatory {
  /** The time of the last report, in milliseconds since 1970, by the sender's clock; null before the first. */
  readonly at: number | null
  /** When the page took it in, in milliseconds since 1970, by its own clock; null before the first. */
  readonly heardAt: number | null
  /** The node that sends the stream first, then the others in the order in which they joined. */
  readonly nodes: readonly NodeView[]
  readonly invalidations: readonly Invalidation[]
  /** How many came in all, those that are no longer kept included. */
  readonly invalidationsSeen: number
  readonly circuits: readonly CircuitChange[]
  readonly gaps: readonly Gap[]
}

export const nothingYet: Observatory = { at: null, heardAt: null, nodes: [], invalidations: [], invalidationsSeen: 0, circuits: [], gaps: [] }

/**
 * What is known after some more events. One call for many: lists are copied once.
 * @param now the page's own clock, in milliseconds since 1970.
 */
export function withEvents(before: Observatory, messages: readonly StreamMessage[], now: number): Observatory {
  let state = before
  let number = before.invalidationsSeen
  const invalidations: Invalidation[] = []
  const circuits: CircuitChange[] = []
  const gaps: Gap[] = []
  for (const message of messages) {
    const told = read(message)
    if (told === null) {
      continue
    }

    switch (told.event) {
      case 'nodes':
        circuits.push(...circuitsOfOthers(state.nodes, told.data).map((change, index) => ({ ...change, number: nextNumber(before.circuits) + circuits.length + index })))
        state = { ...withNodes(state, told.data), heardAt: now }
        break
      case 'invalidation':
        invalidations.push({ ...told.data, number: ++number })
        break
      case 'circuit':
        circuits.push({ ...told.data, node: nodeOf(message.id), number: nextNumber(before.circuits) + circuits.length })
        break
      case 'gap':
        gaps.push({ missed: told.data.missed, at: now, number: nextNumber(before.gaps) + gaps.length })
        break
      default:
        break
    }
  }

  return {
    ...state,
    invalidations: newestFirst(invalidations, before.invalidations, mostInvalidations),
    invalidationsSeen: number,
    circuits: newestFirst(circuits, before.circuits, mostCircuits),
    gaps: newestFirst(gaps, before.gaps, mostGaps),
  }
}

type Told =
  | { readonly event: 'nodes'; readonly data: NodesEvent }
  | { readonly event: 'invalidation'; readonly data: InvalidationEvent }
  | { readonly event: 'circuit'; readonly data: CircuitEvent }
  | { readonly event: 'gap'; readonly data: GapEvent }
  | { readonly event: 'other' }

/** Reads an event; null where it is none of the form that its name promises. An unknown name is an event of a later version. */
function read(message: StreamMessage): Told | null {
  const { event } = message
  if (event !== 'nodes' && event !== 'invalidation' && event !== 'circuit' && event !== 'gap') {
    return { event: 'other' }
  }

  try {
    const data: unknown = JSON.parse(message.data)
    return typeof data === 'object' && data !== null && hasForm[event](data as Record<string, unknown>) ? ({ event, data } as Told) : null
  } catch {
    return null
  }
}

const hasForm: Record<'nodes' | 'invalidation' | 'circuit' | 'gap', (data: Record<string, unknown>) => boolean> = {
  nodes: (data) => isTime(data['at']) && Array.isArray(data['nodes']) && data['nodes'].every((node: Partial<NodeReport>) => isTime(node.seen_at) && isTime(node.started_at)),
  invalidation: (data) => isTime(data['at']) && typeof data['text'] === 'string' && typeof data['command'] === 'string',
  circuit: (data) => isTime(data['at']) && typeof data['store'] === 'string' && typeof data['to'] === 'string',
  gap: () => true,
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

function nextNumber(kept: readonly Numbered[]): number {
  return (kept[0]?.number ?? 0) + 1
}

function newestFirst<T>(added: T[], kept: readonly T[], most: number): readonly T[] {
  return added.length === 0 ? kept : [...added.reverse(), ...kept].slice(0, most)
}

function withNodes(state: Observatory, event: NodesEvent): Observatory {
  const at = Date.parse(event.at)
  const oldest = at / 1_000 - historySeconds
  const reports = event.nodes.slice(0, mostNodes)
  const nodes = reports.map((report) => withReport(state.nodes.find((node) => node.report.id === report.id), report, at, oldest))

  // One that is no longer reported is kept for a while: that it went is what an operator wants to see.
  const gone = state.nodes
    .filter((node) => node.heardAt >= oldest * 1_000 && !reports.some((report) => report.id === node.report.id))
    .map((node) => ({ ...node, report: { ...node.report, is_this: false }, samples: within(node.samples, oldest) }))
  return { ...state, at, nodes: [...nodes, ...gone].slice(0, mostNodes) }
}

/** Changes of other nodes' breakers, seen by comparing their reports: what went on between two of them is not known. */
function circuitsOfOthers(known: readonly NodeView[], event: NodesEvent): Omit<CircuitChange, 'number'>[] {
  return event.nodes
    .filter((report) => !report.is_this)
    .flatMap((report) => {
      const before = known.find((node) => node.report.id === report.id)?.report
      return (['database', 'redis'] as const).flatMap((store) => {
        const from = before?.[store].circuit
        const to = report[store].circuit
        return from == null || to === null || from === to ? [] : [{ at: report.seen_at, store, from, to, node: report.id }]
      })
    })
}

/** The id of an event is that of its node, and a number. */
function nodeOf(eventId: string): string {
  return eventId.slice(0, Math.max(0, eventId.lastIndexOf('-')))
}

function withReport(before: NodeView | undefined, report: NodeReport, at: number, oldest: number): NodeView {
  const second = Math.floor(at / 1_000)
  if (before === undefined || second < before.countedTo - mostDrift) {
    return { report, heardAt: Math.min(at, Date.parse(report.seen_at)), countedTo: second, samples: [] }
  }

  const samples = within(before.samples, oldest)

  // The same report once more: the node was not heard of since. What it counted meanwhile is unknown, which is not the same as nothing.
  if (!report.is_this && report.seen_at === before.report.seen_at) {
    return { ...before, report, samples }
  }

  return { report, heardAt: at, countedTo: second, samples: counting(samples, counted(before.report, report), report, before.countedTo, second) }
}

/** Since when a node was not heard of, in milliseconds since 1970; null while it is. */
export function silentSince(node: NodeView, at: number | null): number | null {
  return at !== null && at - node.heardAt > silentAfter ? node.heardAt : null
}

/**
 * The invalidations that hold a text in what they name, or in their command; whatever the case. At most a number of them, and how many there are in all.
 */
export function matching(invalidations: readonly Invalidation[], filter: string, most: number): { readonly rows: readonly Invalidation[]; readonly total: number } {
  const wanted = filter.trim().toLowerCase()
  const found =
    wanted === ''
      ? invalidations
      : invalidations.filter((one) => one.text.toLowerCase().includes(wanted) || one.command.toLowerCase().includes(wanted))
  return { rows: found.slice(0, most), total: found.length }
}

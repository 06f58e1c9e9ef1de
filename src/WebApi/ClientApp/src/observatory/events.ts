import type { Schemas } from '../api/types'

/** What the stream of the cache tells, as its events carry it. Counts are totals since the node's start. */
export type NodesEvent = Schemas['NodesEvent']
export type NodeReport = Schemas['NodeStatus']
export type InvalidationEvent = Schemas['InvalidationEvent']
export type CircuitEvent = Schemas['CircuitEvent']
export type GapEvent = Schemas['GapEvent']

export type Circuit = CircuitEvent['to']

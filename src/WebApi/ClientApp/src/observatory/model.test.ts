import { describe, expect, it } from 'vitest'
import { historySeconds } from './history'
import { matching, mostCircuits, mostGaps, mostInvalidations, mostNodes, nothingYet, type Observatory, silentSince, withEvents } from './model'
import { invalidation, message, node, nodes, start, time } from './samples.testing'
import type { StreamMessage } from './sse'

const fold = (...messages: StreamMessage[]): Observatory => withEvents(nothingYet, messages, 5)

const other = '0199d000-2b40-7d11-8a55-c0de5eed0002'

describe('withEvents of nodes', () => {
  it('withEvents_WhenAFirstReportComes_HasNoRatesYet', () => {
    const state = fold(nodes(0, node({ requests: { hits_memory: 500 } })))
    expect(state.at).toBe(start)
    expect(state.nodes[0]!.samples).toEqual([])
  })

  it('withEvents_WhenASecondReportComes_CountsWhatLiesBetween', () => {
    const state = fold(
      nodes(0, node({ requests: { hits_memory: 500, misses: 10, stale_served: 4 } })),
      nodes(1, node({ seen: 1, requests: { hits_memory: 530, hits_redis: 5, misses: 17, stale_served: 6, loads: 5, coalesced: 2 }, stale_by_reason: { unverified: 2 } })),
    )
    expect(state.nodes[0]!.samples).toHaveLength(1)
    expect(state.nodes[0]!.samples[0]).toMatchObject({ second: start / 1_000 + 1, memory: 30, redis: 5, origin: 5, stale: 2, loads: 5, coalesced: 2 })
    expect(state.nodes[0]!.samples[0]!.staleByReason).toEqual({ origin_error: 0, origin_timeout: 0, circuit_open: 0, unverified: 2 })
  })

  it('withEvents_WhenReportsWereMissed_SpreadsTheCountsOverTheTime', () => {
    const latency_ms = { hit: { p50: 0.1, p99: 0.4 }, load: { p50: 3, p99: 9 } }
    const state = fold(nodes(0, node()), nodes(4, node({ seen: 4, latency_ms, requests: { hits_memory: 40 } })))
    const { samples } = state.nodes[0]!
    expect(samples.map((sample) => [sample.second - start / 1_000, sample.memory])).toEqual([[1, 10], [2, 10], [3, 10], [4, 10]])
    expect(samples.map((sample) => sample.hitP50)).toEqual([null, null, null, 0.1])
    expect(samples.at(-1)).toMatchObject({ hitP99: 0.4, loadP50: 3, loadP99: 9 })
  })

  it('withEvents_WhenTwoReportsComeInOneSecond_HasOneSampleOfBoth', () => {
    const state = fold(
      nodes(0, node()),
      nodes(1.01, node({ seen: 1.01, requests: { hits_memory: 10 } })),
      nodes(1.99, node({ seen: 1.99, requests: { hits_memory: 25 } })),
    )
    expect(state.nodes[0]!.samples).toHaveLength(1)
    expect(state.nodes[0]!.samples[0]!.memory).toBe(25)
  })

  it('withEvents_WhenItRunsForLong_KeepsFiveMinutes', () => {
    const messages = Array.from({ length: 400 }, (_, second) => nodes(second, node({ seen: second, requests: { hits_memory: second * 2 } })))
    const { samples } = fold(...messages).nodes[0]!
    expect(samples).toHaveLength(historySeconds)
    expect(samples[0]!.second).toBe(start / 1_000 + 100)
    expect(samples.every((sample) => sample.memory === 2)).toBe(true)
  })

  it('withEvents_WhenTheStreamWasAwayForHours_IsBoundedAllTheSame', () => {
    const { samples } = fold(nodes(0, node()), nodes(36_000, node({ seen: 36_000, requests: { hits_memory: 36_000 } }))).nodes[0]!
    expect(samples).toHaveLength(historySeconds)
    expect(samples.at(-1)).toMatchObject({ second: start / 1_000 + 36_000, memory: 1 })
  })

  it('withEvents_WhenTheClockWasSetBack_BeginsAnew', () => {
    const state = fold(nodes(0, node()), nodes(1, node({ seen: 1 })), nodes(-600, node({ seen: -600 })), nodes(-599, node({ seen: -599, requests: { misses: 3 } })))
    expect(state.nodes[0]!.samples.map((sample) => [sample.second - start / 1_000, sample.origin])).toEqual([[-599, 3]])
  })

  it('withEvents_WhenANodeJoins_ListsItAfterThisOne', () => {
    const state = fold(nodes(0, node()), nodes(1, node({ seen: 1 }), node({ id: other, is_this: false, seen: 1 })))
    expect(state.nodes.map((one) => one.report.name)).toEqual(['node-0199', 'node-0199'])
    expect(state.nodes.map((one) => one.report.is_this)).toEqual([true, false])
  })

  it('silentSince_WhenANodeIsNotHeardOfForTenSeconds_SaysSinceWhen', () => {
    const reports = (second: number): StreamMessage => nodes(second, node({ seen: second }), node({ id: other, is_this: false, seen: Math.min(second, 1) }))
    const early = fold(reports(0), reports(1), reports(11))
    expect(early.nodes.map((one) => silentSince(one, early.at))).toEqual([null, null])
    const late = withEvents(early, [reports(12)], 5)
    expect(late.nodes.map((one) => silentSince(one, late.at))).toEqual([null, start + 1_000])
    expect(late.nodes[1]!.samples).toHaveLength(1)
  })

  it('withEvents_WhenANodeIsNoLongerReported_KeepsItForTheTimeOfTheHistory', () => {
    const state = fold(nodes(0, node(), node({ id: other, is_this: false })), nodes(30, node({ seen: 30 })))
    expect(state.nodes.map((one) => silentSince(one, state.at))).toEqual([null, start])
    expect(withEvents(state, [nodes(historySeconds + 1, node({ seen: historySeconds + 1 }))], 5).nodes).toHaveLength(1)
  })

  it('withEvents_WhenNodesComeAndGo_KeepsABoundedNumber', () => {
    const messages = Array.from({ length: 100 }, (_, second) => nodes(second, node({ id: `0000000${second}`, seen: second })))
    expect(fold(...messages).nodes).toHaveLength(mostNodes)
  })
})

describe('withEvents of what happens', () => {
  it('withEvents_WhenInvalidationsCome_ListsTheNewestFirstWithANumberEach', () => {
    const first = fold(invalidation({ text: 'a' }), invalidation({ text: 'b' }))
    const state = withEvents(first, [invalidation({ text: 'c' })], 5)
    expect(state.invalidations.map((one) => [one.number, one.text])).toEqual([[3, 'c'], [2, 'b'], [1, 'a']])
  })

  it('withEvents_WhenTenThousandCome_KeepsTheNewestThousandAndCountsAll', () => {
    let state = nothingYet
    for (let round = 0; round < 100; round++) {
      state = withEvents(state, Array.from({ length: 100 }, () => invalidation()), 5)
    }

    expect(state.invalidations).toHaveLength(mostInvalidations)
    expect(state.invalidationsSeen).toBe(10_000)
    expect([state.invalidations[0]!.number, state.invalidations.at(-1)!.number]).toEqual([10_000, 9_001])
  })

  it('withEvents_WhenNothingOfAKindCame_KeepsItsList', () => {
    const before = fold(invalidation())
    expect(withEvents(before, [nodes(0, node())], 5).invalidations).toBe(before.invalidations)
  })

  it('withEvents_WhenCircuitsChange_ListsABoundedNumberNewestFirst', () => {
    const change = (to: string): StreamMessage => message('circuit', { at: time(0), store: 'database', from: 'closed', to })
    expect(fold(change('open'), change('half_open')).circuits.map((one) => [one.number, one.to])).toEqual([[2, 'half_open'], [1, 'open']])
    const many = fold(...Array.from({ length: 300 }, () => change('open')))
    expect(many.circuits).toHaveLength(mostCircuits)
    expect(many.circuits[0]!.number).toBe(300)
  })

  it('withEvents_WhenACircuitChanges_SaysWhoseItIs', () => {
    const own = message('circuit', { at: time(0), store: 'redis', from: 'closed', to: 'open' }, '0199c19e-2b40-7d11-8a55-c0de5eed0001-17')
    expect(fold(own).circuits[0]!.node).toBe('0199c19e-2b40-7d11-8a55-c0de5eed0001')
  })

  it('withEvents_WhenAnotherNodesReportShowsAChange_ListsItToo', () => {
    const report = (seen: number, circuit: 'closed' | 'open'): StreamMessage =>
      nodes(seen, { ...node({ seen }), database: { status: 'healthy', circuit } }, { ...node({ id: other, is_this: false, seen }), database: { status: 'healthy', circuit } })
    const state = fold(report(0, 'closed'), report(1, 'open'), report(2, 'open'))
    expect(state.circuits).toEqual([{ number: 1, at: time(1), store: 'database', from: 'closed', to: 'open', node: other }])
  })

  it('withEvents_WhenEventsWereMissed_SaysHowManyAndWhen', () => {
    const state = fold(message('gap', { missed: 12 }), message('gap', { missed: null }))
    expect(state.gaps).toEqual([{ number: 2, missed: null, at: 5 }, { number: 1, missed: 12, at: 5 }])
    expect(fold(...Array.from({ length: 99 }, () => message('gap', { missed: 1 }))).gaps).toHaveLength(mostGaps)
  })

  it.each(['{', 'null', '7', '[]', '{"at":1}'])('withEvents_WhenAnEventIsDamaged_PassesOverIt %s', (data) => {
    const state = fold({ event: 'nodes', data, id: '' }, { event: 'invalidation', data, id: '' }, invalidation())
    expect(state.nodes).toHaveLength(0)
    expect(state.invalidations).toHaveLength(1)
  })

  it('withEvents_WhenAnEventIsOfALaterVersion_PassesOverIt', () => {
    expect(fold(message('weather', {}))).toEqual(nothingYet)
  })
})

describe('matching', () => {
  const { invalidations } = fold(
    invalidation({ text: 'dashboard:1:*' }),
    invalidation({ text: 'experiments:1:*', command: 'RenameExperiment' }),
    invalidation({ text: 'dashboard:2:*', kind: 'tag' }),
  )

  it('matching_WhenThereIsAFilter_LooksIntoWhatIsNamedAndTheCommand', () => {
    expect(matching(invalidations, ' DASHBOARD ', 10).rows.map((one) => one.number)).toEqual([3, 1])
    expect(matching(invalidations, 'rename', 10).rows.map((one) => one.number)).toEqual([2])
    expect(matching(invalidations, 'nothing', 10)).toEqual({ rows: [], total: 0 })
  })

  it('matching_WhenMoreMatchThanAreWanted_SaysHowMany', () => {
    expect(matching(invalidations, '', 2)).toEqual({ rows: invalidations.slice(0, 2), total: 3 })
  })
})

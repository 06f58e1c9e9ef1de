import { describe, expect, it } from 'vitest'
import { announcement, connectionNews } from './announcement'
import { nothingYet, type Observatory, withEvents } from './model'
import { invalidation, message, node, nodes, time } from './samples.testing'
import type { StreamMessage } from './sse'
import type { StreamState } from './stream'

const after = (before: Observatory, ...messages: StreamMessage[]): Observatory => withEvents(before, messages, 5)
const first = after(nothingYet, nodes(0, node()))

describe('announcement', () => {
  it('announcement_WhenNothingHappened_IsEmpty', () => {
    expect(announcement(nothingYet, first)).toBe('')
    expect(announcement(first, after(first, nodes(1, node({ seen: 1 }))))).toBe('')
  })

  it('announcement_WhenMuchWasInvalidated_SumsItUp', () => {
    const many = Array.from({ length: 1_200 }, () => invalidation())
    expect(announcement(first, after(first, ...many, invalidation({ command: 'ClearCache' })))).toBe('1,201 new invalidations, the last by ClearCache.')
  })

  it('announcement_WhenANodeJoinsAndFallsSilent_SaysSo', () => {
    const other = node({ id: '0abc', is_this: false })
    const joined = after(first, nodes(1, node({ seen: 1 }), other))
    expect(announcement(first, joined)).toBe('node-0abc has joined.')
    expect(announcement(joined, after(joined, nodes(30, node({ seen: 30 }), other)))).toBe('node-0abc is not heard of any more.')
  })

  it('announcement_WhenTheDatabaseFails_SaysSo', () => {
    const failing = after(
      first,
      message('circuit', { at: time(1), store: 'database', from: 'closed', to: 'open' }, 'n-1'),
      nodes(1, { ...node({ seen: 1 }), database: { status: 'unavailable', circuit: 'open' } }),
    )
    expect(announcement(first, failing)).toBe(
      'Database of node-0199: unavailable, breaker open: it is not asked. 1 change of breakers, the last of database: breaker open: it is not asked.',
    )
  })
})

describe('connectionNews', () => {
  const connecting: StreamState = { kind: 'connecting' }
  const live: StreamState = { kind: 'live', since: 0 }
  const waiting: StreamState = { kind: 'waiting', until: 0, heldUntil: null, why: 'It is lost.' }
  const ended: StreamState = { kind: 'ended', why: 'It is over.' }

  it.each<[StreamState['kind'], StreamState, string]>([
    ['connecting', live, 'The stream is live.'],
    ['live', waiting, 'The stream is not there: it is tried again. It is lost.'],
    ['connecting', waiting, 'The stream is not there: it is tried again. It is lost.'],
    ['waiting', connecting, ''],
    ['waiting', waiting, ''],
    ['waiting', live, 'The stream is live.'],
    ['live', ended, 'The stream has ended. It is over.'],
    ['ended', ended, 'The stream has ended. It is over.'],
  ])('connectionNews_WhenItWas %s_TellsOfAChangeAndOfAnEnd %j', (before, after, text) => {
    expect(connectionNews(before, after)).toBe(text)
  })
})

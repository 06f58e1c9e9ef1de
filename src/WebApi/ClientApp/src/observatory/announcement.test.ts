import { describe, expect, it } from 'vitest'
import { announcement } from './announcement'
import { nothingYet, type Observatory, withEvents } from './model'
import { invalidation, message, node, nodes, time } from './samples.testing'
import type { StreamMessage } from './sse'

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

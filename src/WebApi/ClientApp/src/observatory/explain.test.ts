import { describe, expect, it } from 'vitest'
import { formatTime } from '../ui/format'
import { type Copy, type Explanation, tell } from './explain'

const absent: Copy = { state: 'absent', because: 'Nothing is cached there.' }

const fresh: Copy = {
  state: 'fresh',
  because: 'It is inside its time to live, and no write has overtaken it.',
  overtaken_by: null,
  type: 'DashboardSummaryResponse',
  cached_at: '2026-03-14T09:26:53Z',
  age_seconds: 88,
  ttl_seconds: 212,
  stale_ttl_seconds: 812,
  memory_ttl_seconds: 60,
  size_bytes: 1_024,
  hits: 7,
  tags: [],
}

const explain = (changes: Partial<Explanation>): ReturnType<typeof tell> =>
  tell({
    key: 'dashboard:1:summary',
    at: '2026-03-14T09:28:21Z',
    next_read: { source: 'memory', stale_reason: null, if_origin_fails: null, load_under_way: false, because: 'The copy in memory answers.' },
    node: { verified: true, verified_seconds_ago: 0.12, journal_id: null, position: 4_711, pending_records: 0 },
    memory: fresh,
    redis: absent,
    ...changes,
  }).map((part) => ({ ...part, sentences: part.sentences.map((sentence) => sentence.replaceAll('\u00a0', ' ')) }))

describe('tell', () => {
  it('tell_WhenACopyIsFresh_TellsItsLife', () => {
    const [next, memory, redis, node] = explain({})
    expect(next).toEqual({ title: 'The next read', state: 'memory', tone: 'good', sentences: ["It is answered from this node's memory."] })
    expect(memory).toEqual({
      title: "This node's memory",
      state: 'fresh',
      tone: 'good',
      sentences: [
        'It is inside its time to live, and no write has overtaken it.',
        `It was loaded 1 min 28 s ago, at ${formatTime('2026-03-14T09:26:53Z')} (DashboardSummaryResponse, 1.0 KB).`,
        'Its time to live ends in 3 min 32 s.',
        'Memory asks Redis again in 1 min.',
        'It is kept as a last resort for 13 min 32 s more.',
        'This node has answered from it 7 times.',
      ],
    })
    expect(redis).toEqual({ title: 'Redis', state: 'nothing there', tone: 'neutral', sentences: ['Nothing is cached there.'] })
    expect(node!.sentences).toEqual(['It read the journal 120 ms ago, and knows it up to position 4711.', 'That is recent enough to call copies fresh.'])
  })

  it('tell_WhenAWriteHasOvertakenIt_SaysWhichCommandWhenAndByWhat', () => {
    const overtaken_by = { command: 'RenameExperiment', at: '2026-03-14T09:28:21Z', position: 4_710, target: 'pattern' as const, text: 'dashboard:1:*', is_purge: false }
    const [next, memory] = explain({
      next_read: { source: 'origin', stale_reason: null, if_origin_fails: 'stale', load_under_way: true, because: 'It is loaded.' },
      memory: { ...fresh, state: 'invalidated', because: 'RenameExperiment has overtaken it.', overtaken_by },
    })
    expect(next!.sentences).toEqual([
      'It is loaded from the database.',
      'If that fails, an older copy is served, marked as stale.',
      'This node is loading it just now.',
    ])
    expect(memory).toMatchObject({ state: 'out of date', tone: 'warn' })
    expect(memory!.sentences).toContain(`That was at ${formatTime(overtaken_by.at)}: it made out of date what the pattern dashboard:1:* names (position 4710 of the journal).`)
    const [, purged] = explain({ memory: { ...fresh, state: 'purged', overtaken_by: { ...overtaken_by, is_purge: true } } })
    expect(purged!.sentences[1]).toContain(': it purged what the pattern')
  })

  it('tell_WhenItsTimesAreOver_SaysSinceWhen', () => {
    const [, memory] = explain({ memory: { ...fresh, state: 'over', ttl_seconds: -20, memory_ttl_seconds: -200, stale_ttl_seconds: -5, hits: 0 } })
    expect(memory!.sentences).toEqual(
      expect.arrayContaining([
        'Its time to live ended 20 s ago.',
        'Memory asks Redis again with the next read.',
        'The time for which it could be served stale ended 5 s ago.',
        'This node has not answered from it yet.',
      ]),
    )
  })

  it('tell_WhenARenewalFailed_SaysWhyAndWhenTheNextIs', () => {
    const [next, memory] = explain({
      next_read: { source: 'stale', stale_reason: 'circuit_open', if_origin_fails: null, load_under_way: false, because: 'A stale copy answers.' },
      memory: { ...fresh, state: 'expired', failed_load: { reason: 'origin_timeout', retry_in_seconds: 3.2 } },
    })
    expect(next!.sentences[1]).toBe('A stale copy answers.')
    expect(next!.sentences[0]).toBe('It is answered with a copy that is marked as stale: the database keeps failing.')
    expect(memory!.sentences).toContain('Its last renewal failed: the database is too slow. The next is tried in 3.2 s.')
  })

  it('tell_WhenSectionsAreMissing_NamesThem', () => {
    const partial: Copy = { ...fresh, age_seconds: 3, tags: ['a', 'b'], failed_operations: ['charts'] }
    const [, memory] = explain({ memory: { ...fresh, partial } })
    expect(memory!.sentences).toEqual(expect.arrayContaining(['Beside it lies a newer value that lacks a section.', 'It lacks the section charts.', 'It carries the tags a, b.']))
  })

  it('tell_WhenNothingCanBeServed_SaysWhatFollows', () => {
    const [next, , redis, node] = explain({
      next_read: { source: 'origin', stale_reason: null, if_origin_fails: 'unavailable', load_under_way: false, because: 'It is loaded.' },
      redis: { state: 'other_shape', because: 'It is new.' },
      node: { verified: false, verified_seconds_ago: null, journal_id: null, position: 0, pending_records: 1 },
    })
    expect(next!.sentences).toContain('If that fails there is nothing to serve, and the answer is 503.')
    expect(redis).toEqual({ title: 'Redis', state: 'of another version', tone: 'bad', sentences: ['It is new.'] })
    expect(node).toMatchObject({ state: 'not verified', tone: 'bad' })
    expect(node!.sentences).toEqual([
      'It has not read the journal yet, and knows it up to position 0.',
      'That is not recent enough to call copies fresh: they are marked as stale.',
      '1 record of transactions that are still open is held back.',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { bytes, journalWords, milliseconds, rate, share, storeWords } from './words'

describe('storeWords', () => {
  it.each([
    [{ status: 'healthy', circuit: 'closed' }, 'connected, breaker closed', 'good'],
    [{ status: 'unavailable', circuit: 'open' }, 'unavailable, breaker open: it is not asked', 'bad'],
    [{ status: 'unavailable', circuit: 'closed' }, 'unavailable, breaker closed', 'bad'],
    [{ status: 'healthy', circuit: 'half_open' }, 'connected, breaker half open: one call tries it', 'warn'],
    [{ status: 'disabled', circuit: null }, 'not configured', 'neutral'],
  ] as const)('storeWords_When %j_SaysItInWords', (store, text, tone) => {
    expect(storeWords(store)).toEqual({ text, tone })
  })
})

describe('journalWords', () => {
  const journal = { position: 1, verified_seconds_ago: 0.12, is_trusted: true, records_pending: 0 }

  it('journalWords_WhenItIsTrusted_SaysHowRecentItIs', () => {
    expect(journalWords(journal)).toEqual({ text: 'trusted, read 0.1\u00a0s ago', tone: 'good' })
  })

  it('journalWords_WhenItIsNot_SaysWhatFollows', () => {
    expect(journalWords({ ...journal, is_trusted: false, verified_seconds_ago: null })).toEqual({ text: 'not trusted, never read: answers are marked stale', tone: 'bad' })
  })
})

describe('numbers', () => {
  it.each([[0, '0 bytes'], [1, '1 byte'], [1_023, '1,023 bytes'], [1_536, '1.5 KB'], [50 * 1_024, '50 KB'], [3.25 * 1_024 ** 2, '3.3 MB'], [5_000 * 1_024 ** 4, '5,000 TB']])(
    'bytes_When %d_IsReadable',
    (value, text) => expect(bytes(value)).toBe(text),
  )

  it.each([[null, '–'], [0, '0 ms'], [0.000042, '42 ns'], [0.00099, '990 ns'], [0.001, '1 µs'], [0.0042, '4.2 µs'], [0.0994, '99 µs'], [0.0996, '0.1 ms'], [0.25, '0.25 ms'], [0.999, '1.0 ms'], [4.26, '4.3 ms'], [1_234.5, '1,235 ms']])('milliseconds_When %d_IsReadable', (value, text) =>
    expect(milliseconds(value)).toBe(text),
  )

  it.each([[null, '–'], [0, '0.0%'], [0.9474, '94.7%'], [1, '100.0%']])('share_When %d_IsReadable', (value, text) => expect(share(value)).toBe(text))

  it.each([[0, '0'], [0.25, '0.3'], [12.4, '12'], [1_500, '1,500']])('rate_When %d_IsReadable', (value, text) => expect(rate(value)).toBe(text))
})

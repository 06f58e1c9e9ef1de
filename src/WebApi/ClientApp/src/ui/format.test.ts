import { describe, expect, it } from 'vitest'
import { dayNumber, formatAgo, formatDay, formatNumber, formatSpan, formatValue, plural } from './format'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('format', () => {
  it.each([
    [0, '0 s', '0 s'],
    [0.123, '0.1 s', '0 s'],
    [9.96, '10 s', '10 s'],
    [59.4, '59 s', '59 s'],
    [59.6, '1 min', '1 min'],
    [200, '3 min 20 s', '3 min'],
    [3_599, '59 min 59 s', '59 min'],
    [3_600, '1 h', '1 h'],
    [7_500, '2 h 5 min', '2 h'],
    [86_400 + 30, '1 d', '1 d'],
    [86_400 * 3 + 3_600, '3 d 1 h', '3 d'],
    [-5, '0 s', '0 s'],
  ])('formatSpan_WhenItIs_%d_Says_%s_OrRoughly_%s', (seconds, text, rough) => {
    expect(plain(formatSpan(seconds))).toBe(text)
    expect(plain(formatSpan(seconds, 1))).toBe(rough)
  })

  it('formatAgo_WhenItWasAMomentAgo_SaysSo', () => {
    expect(formatAgo(0, 9_000)).toBe('just now')
    expect(plain(formatAgo(0, 61_000))).toBe('1 min ago')
    expect(plain(formatAgo(0, 7_500_000))).toBe('2 h ago')
  })

  it('formatNumber_WhenItRoundsToZero_HasNoMinus', () => {
    expect(formatNumber(-0.01, 1)).toBe('0')
    expect(formatNumber(1234.56, 1)).toBe('1,234.6')
  })

  it('formatValue_WhenThereIsAUnit_PutsItBehind', () => {
    expect(plain(formatValue(72, 'bpm'))).toBe('72 bpm')
    expect(formatValue(80, '%', 1)).toBe('80.0%')
    expect(formatValue(0.3456, '', 3)).toBe('0.346')
  })

  it('dayNumber_WhenFormattedAgain_IsTheSameDay', () => {
    expect(formatDay(dayNumber('2026-03-14'))).toBe('14 Mar 2026')
    expect(dayNumber('2026-03-14T23:59:59Z')).toBe(dayNumber('2026-03-14'))
  })

  it('plural_WhenThereIsOne_IsSingular', () => {
    expect([plural(1, 'day'), plural(0, 'day'), plural(2, 'entry', 'entries')]).toEqual(['1 day', '0 days', '2 entries'])
  })
})

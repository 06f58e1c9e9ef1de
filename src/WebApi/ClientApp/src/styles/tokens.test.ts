import { describe, expect, it } from 'vitest'
import css from './tokens.css?raw'

/** The colours of a theme by their names; what the dark one does not say is as in the light one. */
function colours(theme: 'light' | 'dark'): Map<string, string> {
  const [light = '', dark = ''] = css.split(':root[data-theme="dark"]')
  const read = (text: string) => [...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!] as const)
  return new Map([...read(light), ...(theme === 'dark' ? read(dark) : [])])
}

/** The relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

const grounds = ['ground', 'surface', 'surface-soft', 'surface-strong']
const tones = ['good', 'info', 'warn', 'bad']
const texts: readonly (readonly [string, string])[] = [
  ...['ink', 'ink-soft', 'accent'].flatMap((text) => grounds.map((ground) => [text, ground] as const)),
  ...tones.flatMap((tone) => [tone, 'ink'].map((text) => [text, `${tone}-soft`] as const)),
  ...tones.map((tone) => [tone, 'surface'] as const),
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['accent', 'accent-soft'],
  ['ink', 'accent-soft'],
  ['tip-ink', 'tip'],
]
const marks: readonly (readonly [string, string])[] = [
  ...['edge', 'focus'].flatMap((mark) => ['ground', 'surface'].map((ground) => [mark, ground] as const)),
  ...['1', '2', '3', '4', 'heart_rate', 'reaction_time', 'memory', 'eeg'].map((name) => [`chart-${name}`, 'surface'] as const),
]

describe.each(['light', 'dark'] as const)('tokens, %s', (theme) => {
  const of = colours(theme)

  it.each(texts)('contrast_WhenTextIs_%s_On_%s_IsFourAndAHalf', (text, ground) => {
    expect(contrast(of.get(text)!, of.get(ground)!)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(marks)('contrast_WhenAMarkIs_%s_On_%s_IsThree', (mark, ground) => {
    expect(contrast(of.get(mark)!, of.get(ground)!)).toBeGreaterThanOrEqual(3)
  })
})

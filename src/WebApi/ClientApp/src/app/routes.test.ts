import { describe, expect, it } from 'vitest'
import { experimentIn } from './routes'

describe('experimentIn', () => {
  it.each([
    ['/experiments/7', '7'],
    ['/experiments/a%20b', 'a b'],
    ['/experiments/%zz', null],
    ['/experiments/', null],
    ['/experiments/7/more', null],
    ['/', null],
  ])('experimentIn_WhenThePathIs_%s_Is_%s', (path, id) => {
    expect(experimentIn(path)).toBe(id)
  })
})

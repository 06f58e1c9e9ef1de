import { describe, expect, it } from 'vitest'
import { type Looks, wakeWhenSeen } from './useWaking'

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'

  turn(to: DocumentVisibilityState): void {
    this.visibilityState = to
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

describe('wakeWhenSeen', () => {
  it('wakeWhenSeen_WhenThePageIsHiddenAndSeenAgain_WakesOnce', () => {
    const page = new Page()
    let wakes = 0
    const stop = wakeWhenSeen(page as unknown as Looks, { wake: () => void wakes++ })
    page.turn('hidden')
    expect(wakes).toBe(0)
    page.turn('visible')
    expect(wakes).toBe(1)
    stop()
    page.turn('visible')
    expect(wakes).toBe(1)
  })
})

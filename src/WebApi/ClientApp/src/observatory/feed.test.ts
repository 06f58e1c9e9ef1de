import { effect } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Feed } from './feed'
import { mostInvalidations, silentAfter } from './model'
import { invalidation, node, nodes } from './samples.testing'
import type { StreamMessage } from './sse'
import type { StreamState } from './stream'

describe('Feed', () => {
  let tell: (message: StreamMessage) => void
  let state: (state: StreamState) => void
  let frames: (() => void)[]
  let closed: boolean
  let feed: Feed

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 })
    frames = []
    closed = false
    feed = new Feed({
      connection: (told) => {
        tell = told.onMessage
        state = told.onState
        return { connect: () => undefined, close: () => void (closed = true) }
      },
      beforeNextFrame: (work) => frames.push(work),
    })
  })

  afterEach(() => {
    feed.close()
    vi.useRealTimers()
  })

  const draw = (): void => frames.splice(0).forEach((work) => work())

  it('take_WhenManyEventsComeBeforeAFrame_ShowsThemTogether', () => {
    let shows = 0
    const stop = effect(() => {
      void feed.shown.value
      shows++
    })
    for (let event = 0; event < 500; event++) {
      tell(invalidation())
    }

    expect(feed.invalidations.value).toHaveLength(0)
    expect(frames).toHaveLength(1)
    draw()
    expect(feed.invalidations.value).toHaveLength(500)
    expect(shows).toBe(2)
    stop()
  })

  it('take_WhenTenThousandComeInAMinute_ShowsThemSomeTimesASecond', () => {
    let shows = 0
    const stop = effect(() => {
      void feed.invalidations.value
      shows++
    })
    for (let frame = 0; frame < 3_600; frame++) {
      tell(invalidation())
      tell(invalidation())
      tell(invalidation())
      draw()
      vi.advanceTimersByTime(1_000 / 60)
    }

    vi.advanceTimersByTime(1_000)
    expect(feed.shown.value.invalidationsSeen).toBe(10_800)
    expect(feed.invalidations.value).toHaveLength(mostInvalidations)
    expect(shows).toBeLessThanOrEqual(302)
    stop()
  })

  it('take_WhenNothingIsDrawn_KeepsNoMoreThanABound', () => {
    for (let event = 0; event < 10_000; event++) {
      tell(invalidation())
    }

    vi.advanceTimersByTime(1_000)
    expect(feed.shown.value.invalidationsSeen).toBe(10_000)
  })

  it('take_WhenOnlyNodesReport_LeavesTheOtherListsAlone', () => {
    tell(invalidation())
    draw()
    const before = feed.invalidations.value
    vi.advanceTimersByTime(1_000)
    tell(nodes(0, node()))
    draw()
    expect(feed.nodes.value).toHaveLength(1)
    expect(feed.invalidations.value).toBe(before)
  })

  it('pause_WhenEventsGoOn_HoldsTheDisplayAndCountsThem', () => {
    tell(invalidation())
    draw()
    feed.pause()
    vi.advanceTimersByTime(1_000)
    tell(invalidation())
    tell(invalidation())
    draw()
    expect(feed.invalidations.value).toHaveLength(1)
    expect(feed.heldBack.value).toBe(2)
    feed.resume()
    expect(feed.invalidations.value).toHaveLength(3)
  })

  it('pause_WhenTheConnectionIsLost_StillSaysSo', () => {
    feed.pause()
    state({ kind: 'ended', why: 'It is over.' })
    expect(feed.connection.value).toEqual({ kind: 'ended', why: 'It is over.' })
  })

  it('asOf_WhenTheStreamIsLost_IsTheLastReportUntilTheNext', () => {
    state({ kind: 'live', since: 0 })
    expect(feed.asOf(Date.now())).toBeNull()
    tell(nodes(0, node()))
    draw()
    expect(feed.asOf(Date.now())).toBeNull()

    state({ kind: 'waiting', until: 0, heldUntil: null, why: 'It is lost.' })
    expect(feed.asOf(Date.now())).toBe(1_000_000)
    state({ kind: 'connecting' })
    expect(feed.asOf(Date.now())).toBe(1_000_000)
    vi.advanceTimersByTime(60_000)
    state({ kind: 'live', since: Date.now() })
    expect(feed.asOf(Date.now())).toBe(1_000_000)
    tell(nodes(60, node({ seen: 60 })))
    draw()
    expect(feed.asOf(Date.now())).toBeNull()
  })

  it('asOf_WhenALiveStreamTellsOfNoNode_IsTheLastReport', () => {
    state({ kind: 'live', since: 0 })
    tell(nodes(0, node()))
    draw()
    tell(invalidation())
    draw()
    expect(feed.asOf(1_000_000 + silentAfter)).toBeNull()
    expect(feed.asOf(1_000_001 + silentAfter)).toBe(1_000_000)
  })

  it('asOf_WhenTheDisplayIsHeld_IsTheReportThatIsShown', () => {
    state({ kind: 'live', since: 0 })
    tell(nodes(0, node()))
    draw()
    feed.pause()
    vi.advanceTimersByTime(20_000)
    tell(nodes(20, node({ seen: 20 })))
    draw()
    expect(feed.asOf(Date.now())).toBe(1_000_000)
    feed.resume()
    expect(feed.asOf(Date.now())).toBeNull()
  })

  it('close_WhenEventsWait_DropsThem', () => {
    tell(invalidation())
    feed.close()
    draw()
    expect(feed.invalidations.value).toHaveLength(0)
    expect(closed).toBe(true)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from './errors'
import type { Freshness } from './freshness'
import { forgetAnswer, forgetAnswers, Resource, type Loaded, type LoadOptions } from './resource'
import { gate, settled } from './testing'

class Bench {
  now = 1_000_000
  isVisible = true
  readonly calls: LoadOptions[] = []
  #timers: { at: number; run: () => void }[] = []
  #answers: ReturnType<typeof gate<Loaded<string>>>[] = []
  readonly resource = new Resource<string>({
    every: 15_000,
    now: () => this.now,
    isVisible: () => this.isVisible,
    later: (run, milliseconds) => {
      const timer = { at: this.now + milliseconds, run }
      this.#timers.push(timer)
      return () => {
        this.#timers = this.#timers.filter((one) => one !== timer)
      }
    },
  })

  readonly load = (options: LoadOptions): Promise<Loaded<string>> => {
    this.calls.push(options)
    const answer = gate<Loaded<string>>()
    this.#answers.push(answer)
    return answer.promise
  }

  get state() {
    return this.resource.state.value
  }

  async answer(value: string, freshness: Freshness | null = null, call = this.#answers.length - 1) {
    this.#answers[call]!.open({ value, freshness })
    await settled()
  }

  async fail(error: unknown, call = this.#answers.length - 1) {
    this.#answers[call]!.fail(error)
    await settled()
  }

  pass(milliseconds: number) {
    this.now += milliseconds
    const due = this.#timers.filter((timer) => timer.at <= this.now)
    this.#timers = this.#timers.filter((timer) => timer.at > this.now)
    due.forEach((timer) => timer.run())
  }
}

const fresh: Freshness = { source: 'origin', ageSeconds: 0, receivedAt: 0, isStale: false, staleSince: 0, staleReason: null, isInvalidated: false, missing: [] }
const failure = (status: number, retryAfter: number | null = null) => new ApiError({ status, title: 'No', detail: 'No.', retryAfter })

describe('Resource', () => {
  beforeEach(forgetAnswers)

  it('ask_WhenNothingCameYet_IsLoading', () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    expect(bench.state).toMatchObject({ status: 'loading', data: null, isLoading: true })
  })

  it.each([
    [fresh, 'fresh'],
    [{ ...fresh, source: 'redis' as const }, 'cached'],
    [{ ...fresh, source: 'memory' as const, missing: ['x'] }, 'partial'],
    [{ ...fresh, source: 'stale' as const, isStale: true, missing: ['x'] }, 'stale'],
    [null, 'fresh'],
  ])('ask_WhenAnswered_StandsAsTheAnswerSays (%#)', async (freshness, status) => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one', freshness)
    expect(bench.state).toMatchObject({ status, data: 'one', isLoading: false, error: null, nextTryAt: bench.now + 15_000 })
  })

  it('reload_WhenSomeOfTheAnswerIsMissing_KeepsTheLastWholeOneUntilAnotherQuestion', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('whole', fresh)
    bench.resource.reload()
    const partial = { ...fresh, missing: ['x'] }
    await bench.answer('partial', partial)
    expect(bench.state).toMatchObject({ status: 'partial', data: 'partial', whole: { value: 'whole', freshness: fresh } })
    bench.resource.ask('b', bench.load)
    expect(bench.state.whole).toBeNull()
    await bench.answer('partial', partial)
    expect(bench.state.whole).toBeNull()
    bench.resource.ask('a', bench.load)
    expect(bench.state.whole?.value).toBe('whole')
  })

  it('reload_WhenItIsStaleAgain_IsStaleSinceTheFirstTime', async () => {
    const bench = new Bench()
    const stale = (receivedAt: number): Freshness => ({ ...fresh, source: 'stale', isStale: true, staleReason: 'unverified', receivedAt, staleSince: receivedAt })
    bench.resource.ask('a', bench.load)
    await bench.answer('one', stale(1_000))
    bench.pass(15_000)
    await bench.answer('one', stale(16_000))
    expect(bench.state.freshness).toMatchObject({ receivedAt: 16_000, staleSince: 1_000 })

    bench.resource.ask('b', bench.load)
    await bench.answer('two', stale(20_000))
    expect(bench.state.freshness?.staleSince).toBe(20_000)

    bench.resource.reload()
    await bench.answer('two', fresh)
    bench.resource.reload()
    await bench.answer('two', stale(40_000))
    expect(bench.state.freshness?.staleSince).toBe(40_000)
  })

  it('reload_WhenItFails_KeepsTheLastData', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one', fresh)
    bench.resource.reload()
    expect(bench.state).toMatchObject({ status: 'fresh', data: 'one', isLoading: true })
    await bench.fail(failure(503, 4))
    expect(bench.state).toMatchObject({ status: 'failed', data: 'one', freshness: fresh, isLoading: false, heldUntil: bench.now + 4_000, nextTryAt: bench.now + 4_000 })
  })

  it('reload_WhenItIsTriedAgainAfterAFailure_KeepsTheReasonUntilItIsAnswered', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.fail(failure(500))
    bench.resource.reload()
    expect(bench.state).toMatchObject({ status: 'failed', isLoading: true, error: { status: 500 } })
    await bench.answer('one')
    expect(bench.state.error).toBeNull()
  })

  it('reload_WhenItIsThereNoMore_ShowsNothingOfIt', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one', fresh)
    bench.resource.reload()
    await bench.fail(failure(404))
    expect(bench.state).toMatchObject({ status: 'failed', data: null, freshness: null, whole: null })
    const after = new Bench()
    after.resource.ask('a', after.load)
    expect(after.state.data).toBeNull()
  })

  it('forgetAnswer_WhenItWasAnswered_ShowsNothingAtFirst', async () => {
    const before = new Bench()
    before.resource.ask('a', before.load)
    await before.answer('one', fresh)
    forgetAnswer('a')
    const after = new Bench()
    after.resource.ask('a', after.load)
    expect(after.state.data).toBeNull()
  })

  it('reload_WhenTheServiceSaidToWait_WaitsForThatAndThenTriesByItself', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.fail(failure(429, 7))
    bench.resource.reload()
    bench.resource.reload({ force: true })
    bench.pass(6_999)
    expect(bench.calls).toHaveLength(1)
    bench.pass(1)
    expect(bench.calls).toHaveLength(2)
    await bench.answer('one')
    expect(bench.state).toMatchObject({ status: 'fresh', data: 'one', error: null, heldUntil: null })
  })

  it('ask_WhenTheServiceSaidToWait_AsksTheNewQuestionThen', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one', fresh)
    bench.resource.reload()
    await bench.fail(failure(429, 7))
    bench.pass(2_000)
    bench.resource.ask('b', bench.load)
    expect(bench.calls).toHaveLength(2)
    expect(bench.state).toMatchObject({ status: 'failed', data: null, error: { status: 429 }, heldUntil: bench.now + 5_000, nextTryAt: bench.now + 5_000 })
    bench.resource.ask('a', bench.load)
    expect(bench.state).toMatchObject({ status: 'failed', data: 'one', error: { status: 429 } })
    bench.resource.ask('b', bench.load)
    bench.pass(5_000)
    expect(bench.calls).toHaveLength(3)
    await bench.answer('two', fresh)
    expect(bench.state).toMatchObject({ status: 'fresh', data: 'two', error: null, heldUntil: null })
  })

  it('reload_WhenFailuresSayNothing_WaitsLongerFromOneToTheNext', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    const pauses: number[] = []
    for (let attempt = 0; attempt < 6; attempt++) {
      await bench.fail(failure(0))
      pauses.push(bench.state.nextTryAt! - bench.now)
      expect(bench.state.heldUntil).toBeNull()
      bench.pass(pauses[attempt]!)
    }

    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })

  it('reload_WhenTheFailureWillNotPass_IsNotTriedAgainByItself', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.fail(failure(404))
    expect(bench.state.nextTryAt).toBeNull()
    bench.pass(3_600_000)
    expect(bench.calls).toHaveLength(1)
  })

  it('reload_WhenALoadIsUnderWay_JoinsIt', () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    bench.resource.reload()
    expect(bench.calls).toHaveLength(1)
  })

  it('reload_WhenTheOriginIsAskedFor_GivesTheOrdinaryLoadUp', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    bench.resource.reload({ force: true })
    bench.resource.reload({ force: true })
    expect(bench.calls.map((call) => call.force)).toEqual([false, true])
    expect(bench.calls[0]!.signal.aborted).toBe(true)
    await bench.answer('late', fresh, 0)
    expect(bench.state.data).toBeNull()
    await bench.answer('forced', fresh, 1)
    expect(bench.state.data).toBe('forced')
  })

  it('every_WhenNobodyLooks_LoadsNothingUntilSomebodyDoes', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one')
    bench.isVisible = false
    bench.pass(60_000)
    expect(bench.calls).toHaveLength(1)
    bench.isVisible = true
    bench.resource.wake()
    expect(bench.calls).toHaveLength(2)
  })

  it('wake_WhenItsTimeHasNotCome_LoadsNothing', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one')
    bench.pass(14_999)
    bench.resource.wake()
    expect(bench.calls).toHaveLength(1)
  })

  it('ask_WhenTheQuestionIsAnother_ShowsTheOldAnswerAsPreviousUntilTheNewOneComes', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one', fresh)
    bench.resource.ask('b', bench.load)
    expect(bench.state).toMatchObject({ data: 'one', isPrevious: true, status: 'loading' })
    await bench.answer('two', fresh)
    expect(bench.state).toMatchObject({ data: 'two', isPrevious: false })
  })

  it('ask_WhenAnotherQuestionFails_DoesNotPassTheOldAnswerOff', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one', fresh)
    bench.resource.ask('b', bench.load)
    await bench.fail(failure(503, 1))
    expect(bench.state).toMatchObject({ data: null, freshness: null, status: 'failed', isPrevious: false })
  })

  it('ask_WhenTheAnswerIsOutOfDate_DropsIt', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    bench.resource.ask('b', bench.load)
    expect(bench.calls[0]!.signal.aborted).toBe(true)
    await bench.answer('two', null, 1)
    await bench.answer('one', null, 0)
    expect(bench.state.data).toBe('two')
  })

  it('ask_WhenItWasAnsweredBefore_ShowsThatAtOnce', async () => {
    const before = new Bench()
    before.resource.ask('a', before.load)
    await before.answer('one', fresh)
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    expect(bench.state).toMatchObject({ data: 'one', isLoading: true, isPrevious: false })
    forgetAnswers()
    const after = new Bench()
    after.resource.ask('a', after.load)
    expect(after.state.data).toBeNull()
  })

  it('refreshAfterWrite_WhenALoadIsUnderWay_BeginsAnother', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    bench.resource.refreshAfterWrite()
    expect(bench.calls).toHaveLength(2)
    await bench.answer('before the write', null, 0)
    expect(bench.state.data).toBeNull()
    await bench.answer('after it', null, 1)
    expect(bench.state.data).toBe('after it')
  })

  it('dispose_WhenItWaits_LoadsNoMore', async () => {
    const bench = new Bench()
    bench.resource.ask('a', bench.load)
    await bench.answer('one')
    bench.resource.dispose()
    bench.pass(60_000)
    bench.resource.reload()
    expect(bench.calls).toHaveLength(1)
  })
})

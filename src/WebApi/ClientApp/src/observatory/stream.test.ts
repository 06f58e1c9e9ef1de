import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../api/errors'
import type { StreamMessage } from './sse'
import { EventStream, longestAsked, longestPause, longestSilence, type StreamState } from './stream'

/** A service whose answers a test gives by hand. */
class Service {
  readonly asked: { headers: Record<string, string>; answer: (response: Response | Error) => void; aborted: () => boolean }[] = []

  readonly open = (init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { signal } = init
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      this.asked.push({
        headers: init.headers as Record<string, string>,
        answer: (response) => (response instanceof Error ? reject(response) : resolve(response)),
        aborted: () => signal?.aborted === true,
      })
    })
}

/** An open stream. */
function open(): { response: Response; send: (text: string) => void; end: () => void; fail: () => void; isCancelled: () => boolean } {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: () => void (isCancelled = true),
  })
  const encoder = new TextEncoder()
  return {
    response: new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } }),
    send: (text) => controller.enqueue(encoder.encode(text)),
    end: () => controller.close(),
    fail: () => controller.error(new TypeError('network error')),
    isCancelled: () => isCancelled,
  }
}

const refuse = (status: number, retryAfter: number | null = null): ApiError => new ApiError({ status, title: 'No', detail: 'It says why not.', retryAfter })

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

describe('EventStream', () => {
  let service: Service
  let states: StreamState[]
  let messages: StreamMessage[]
  let stream: EventStream

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 })
    service = new Service()
    states = []
    messages = []
    stream = new EventStream({
      open: service.open,
      onState: (state) => states.push(state),
      onMessage: (message) => messages.push(message),
      random: () => 0,
    })
  })

  afterEach(() => {
    stream.close()
    vi.useRealTimers()
  })

  const last = (): StreamState | undefined => states.at(-1)

  it('connect_WhenTheServiceAnswers_IsLiveAndTellsEvents', async () => {
    stream.connect()
    expect(last()).toEqual({ kind: 'connecting' })
    const connection = open()
    service.asked[0]!.answer(connection.response)
    connection.send('event: nodes\ndata: {}\n')
    connection.send('\n')
    await settle()
    expect(service.asked[0]!.headers).toEqual({ Accept: 'text/event-stream' })
    expect(last()).toEqual({ kind: 'live', since: 1_000_000 })
    expect(messages).toEqual([{ event: 'nodes', data: '{}', id: '' }])
  })

  it('connect_WhenItIsConnected_DoesNotConnectTwice', () => {
    stream.connect()
    stream.connect()
    expect(service.asked).toHaveLength(1)
  })

  it('connect_WhenACharacterIsCutBetweenChunks_ReadsIt', async () => {
    stream.connect()
    const bytes = new TextEncoder().encode('data: é\n\n')
    service.asked[0]!.answer(
      new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(bytes.slice(0, 7))
            controller.enqueue(bytes.slice(7))
          },
        }),
        { headers: { 'Content-Type': 'text/event-stream' } },
      ),
    )
    await settle()
    expect(messages.map((message) => message.data)).toEqual(['é'])
  })

  it('read_WhenTheConnectionIsLost_ResumesAfterTheLastEvent', async () => {
    stream.connect()
    const connection = open()
    service.asked[0]!.answer(connection.response)
    connection.send('id: n-7\ndata: x\n\n')
    await settle()
    connection.fail()
    await settle()
    expect(last()).toEqual({ kind: 'waiting', until: 1_000_500, heldUntil: null, why: 'The service cannot be reached.' })
    await vi.advanceTimersByTimeAsync(499)
    expect(service.asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(service.asked[1]!.headers['Last-Event-ID']).toBe('n-7')
  })

  it('read_WhenItFailsAgainAndAgain_WaitsLongerUpToABound', async () => {
    stream.connect()
    const pauses: number[] = []
    for (let round = 0; round < 9; round++) {
      service.asked[round]!.answer(new TypeError('Failed to fetch'))
      await settle()
      const state = last()
      expect(state?.kind).toBe('waiting')
      const pause = (state as { until: number }).until - Date.now()
      pauses.push(pause)
      await vi.advanceTimersByTimeAsync(pause)
    }

    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000])
    expect(Math.max(...pauses)).toBe(longestPause / 2)
  })

  it('read_WhenAConnectionLasted_BeginsWithShortPausesAgain', async () => {
    stream.connect()
    for (let round = 0; round < 3; round++) {
      service.asked[round]!.answer(new TypeError('Failed to fetch'))
      await settle()
      await vi.advanceTimersByTimeAsync((last() as { until: number }).until - Date.now())
    }

    const connection = open()
    service.asked[3]!.answer(connection.response)
    await vi.advanceTimersByTimeAsync(6_000)
    connection.end()
    await settle()
    expect(last()).toEqual({ kind: 'waiting', until: Date.now() + 500, heldUntil: null, why: 'The service ended the stream.' })
  })

  it('read_WhenTheServiceSaysWhenToComeBack_WaitsForThat', async () => {
    stream.connect()
    service.asked[0]!.answer(refuse(503, 7))
    await settle()
    expect(last()).toEqual({ kind: 'waiting', until: 1_007_000, heldUntil: 1_007_000, why: 'It says why not.' })
    await vi.advanceTimersByTimeAsync(6_999)
    expect(service.asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(service.asked).toHaveLength(2)
  })

  it.each([
    [401, 'Your sign-in is over.'],
    [403, 'Your account may not see this: the role admin is needed.'],
    [404, 'The service offers no stream.'],
  ])('read_WhenTheAnswerIs %d_EndsAndSaysWhy', async (status, why) => {
    stream.connect()
    service.asked[0]!.answer(refuse(status))
    await settle()
    expect(last()).toEqual({ kind: 'ended', why })
    await vi.advanceTimersByTimeAsync(10 * longestPause)
    expect(service.asked).toHaveLength(1)
  })

  it('connect_WhenItEnded_TriesAgain', async () => {
    stream.connect()
    service.asked[0]!.answer(refuse(403))
    await settle()
    stream.connect()
    expect(service.asked).toHaveLength(2)
  })

  it.each([
    [refuse(500), 'waiting'],
    [new Response(null, { status: 204 }), 'ended'],
    [new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), 'waiting'],
  ])('read_WhenTheAnswerIsNoStream_DoesNotTakeItForOne %#', async (response, kind) => {
    stream.connect()
    service.asked[0]!.answer(response)
    await settle()
    expect(last()?.kind).toBe(kind)
    expect(states.map((state) => state.kind)).not.toContain('live')
  })

  it('read_WhenTheServerAsksForEver_WaitsNoLongerThanABound', async () => {
    stream.connect()
    service.asked[0]!.answer(refuse(503, 1e9))
    await settle()
    expect(last()).toMatchObject({ until: 1_000_000 + longestAsked })
  })

  it('read_WhenTheServerSetsAPause_BeginsWithThat', async () => {
    stream.connect()
    const connection = open()
    service.asked[0]!.answer(connection.response)
    connection.send('retry: 4000\n\n')
    await settle()
    connection.end()
    await settle()
    expect(last()).toMatchObject({ kind: 'waiting', until: 1_002_000 })
  })

  it('read_WhenNothingIsHeardForTooLong_ConnectsAnew', async () => {
    stream.connect()
    const connection = open()
    service.asked[0]!.answer(connection.response)
    await vi.advanceTimersByTimeAsync(longestSilence - 1)
    connection.send(': still here\n\n')
    await vi.advanceTimersByTimeAsync(longestSilence - 1)
    expect(last()?.kind).toBe('live')
    await vi.advanceTimersByTimeAsync(1)
    expect(service.asked[0]!.aborted()).toBe(true)
    expect(last()).toMatchObject({ kind: 'waiting', why: 'Nothing was heard for too long.' })
  })

  it('read_WhenNoAnswerComes_ConnectsAnew', async () => {
    stream.connect()
    await vi.advanceTimersByTimeAsync(longestSilence)
    expect(last()).toMatchObject({ kind: 'waiting', why: 'Nothing was heard for too long.' })
  })

  it('connect_WhenTheServiceAskedForAPause_KeepsIt', async () => {
    stream.connect()
    service.asked[0]!.answer(refuse(503, 7))
    await settle()
    await vi.advanceTimersByTimeAsync(6_999)
    stream.connect()
    expect(service.asked).toHaveLength(1)
    expect(last()?.kind).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1)
    expect(service.asked).toHaveLength(2)
  })

  it('connect_WhenItWaits_TriesAtOnce', async () => {
    stream.connect()
    service.asked[0]!.answer(refuse(503))
    await settle()
    stream.connect()
    expect(service.asked).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(service.asked).toHaveLength(2)
  })

  it('close_WhenItIsLive_TellsNothingMore', async () => {
    stream.connect()
    const connection = open()
    service.asked[0]!.answer(connection.response)
    await settle()
    const before = states.length
    connection.send('data: x\n\n')
    stream.close()
    await vi.advanceTimersByTimeAsync(longestPause)
    expect(messages).toEqual([])
    expect(states).toHaveLength(before)
    expect(service.asked).toHaveLength(1)
    expect(connection.isCancelled()).toBe(true)
  })

  it('close_WhenAnEventAsksForIt_TellsNoneOfTheSameChunk', async () => {
    stream = new EventStream({
      open: service.open,
      onState: (state) => states.push(state),
      onMessage: (message) => {
        messages.push(message)
        stream.close()
      },
    })
    stream.connect()
    const connection = open()
    service.asked[0]!.answer(connection.response)
    connection.send('data: x\n\ndata: y\n\n')
    await settle()
    expect(messages).toHaveLength(1)
  })

  it('close_WhenItWaits_DoesNotComeBack', async () => {
    stream.connect()
    service.asked[0]!.answer(refuse(500))
    await settle()
    stream.close()
    await vi.advanceTimersByTimeAsync(2 * longestPause)
    expect(service.asked).toHaveLength(1)
  })
})

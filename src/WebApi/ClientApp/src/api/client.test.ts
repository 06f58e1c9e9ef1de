import { describe, expect, it, vi } from 'vitest'
import { Client, value } from './client'
import { ApiError } from './errors'
import { gate, memoryStorage, tokens } from './testing'

type Answer = (request: Request) => Response | Promise<Response>

function build(answer: Answer) {
  const requests: Request[] = []
  const client = new Client({
    base: 'http://service.test/lab/',
    storage: memoryStorage(),
    fetch: async (input) => {
      const request = input as Request
      requests.push(request.clone())
      return answer(request)
    },
  })
  return { client, requests }
}

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), { ...init, headers: { 'Content-Type': 'application/json', ...init.headers } })
const refused = () => json({ title: 'Unauthorized', status: 401, detail: 'No.' }, { status: 401, headers: { 'Content-Type': 'application/problem+json' } })
const me = { id: '1', email: 'a@b.c', username: 'a', roles: [] }

describe('Client', () => {
  it('signedIn_WhenTheServiceStandsBelowAPath_AsksThere', async () => {
    const { client, requests } = build(() => json(me))
    client.session.begin(tokens(1))
    await client.signedIn.GET('/api/auth/me')
    expect(requests[0]!.url).toBe('http://service.test/lab/api/auth/me')
    expect(requests[0]!.headers.get('Authorization')).toBe('Bearer access-1')
  })

  it('signedIn_WhenNobodyIsSignedIn_ThrowsWithoutAsking', async () => {
    const { client, requests } = build(() => json(me))
    await expect(client.signedIn.GET('/api/auth/me')).rejects.toMatchObject({ status: 401 })
    expect(requests).toHaveLength(0)
  })

  it('signedIn_WhenTheTokenIsRefused_RenewsItAndAsksAgainWithTheSameBody', async () => {
    const { client, requests } = build((request) =>
      request.url.endsWith('/refresh') ? json(tokens(2)) : request.headers.get('Authorization') === 'Bearer access-2' ? json({}, { status: 201 }) : refused(),
    )
    client.session.begin(tokens(1))
    await client.signedIn.POST('/api/experiments', { body: { name: 'x', experiment_type: 'eeg' } })
    expect(requests.map((request) => new URL(request.url).pathname)).toEqual(['/lab/api/experiments', '/lab/api/auth/refresh', '/lab/api/experiments'])
    expect(await requests[2]!.json()).toEqual({ name: 'x', experiment_type: 'eeg' })
  })

  it('signedIn_WhenSeveralAreRefusedAtOnce_RenewsOnce', async () => {
    const held = gate<void>()
    const { client, requests } = build(async (request) => {
      if (request.url.endsWith('/refresh')) {
        await held.promise
        return json(tokens(2))
      }

      return request.headers.get('Authorization') === 'Bearer access-2' ? json(me) : refused()
    })
    client.session.begin(tokens(1))
    const calls = [client.signedIn.GET('/api/auth/me'), client.signedIn.GET('/api/auth/me'), client.signedIn.GET('/api/dashboard/summary')]
    held.open()
    await Promise.all(calls)
    expect(requests.filter((request) => request.url.endsWith('/refresh'))).toHaveLength(1)
  })

  it('signedIn_WhenTheRefreshTokenIsRefusedToo_EndsTheSession', async () => {
    const { client } = build(refused)
    client.session.begin(tokens(1))
    await expect(client.signedIn.GET('/api/auth/me')).rejects.toMatchObject({ status: 401 })
    expect(client.session.end.value).toBe('expired')
  })

  it('signedIn_WhenTheNewTokenIsRefusedToo_EndsTheSessionAndAsksNoMore', async () => {
    const { client, requests } = build((request) => (request.url.endsWith('/refresh') ? json(tokens(2)) : refused()))
    client.session.begin(tokens(1))
    await expect(client.signedIn.GET('/api/auth/me')).rejects.toMatchObject({ status: 401 })
    expect(client.session.isSignedIn.value).toBe(false)
    expect(requests).toHaveLength(3)
  })

  it('signOut_WhileTheServiceHasNotAnswered_IsDoneHereAndTellsItWithTheTokenOnce', async () => {
    const held = gate<Response>()
    const { client, requests } = build(() => held.promise)
    client.session.begin(tokens(1))
    const done = client.signOut()
    expect(client.session.end.value).toBe('signed_out')
    held.open(refused())
    await done
    expect(requests.map((request) => [new URL(request.url).pathname, request.headers.get('Authorization')])).toEqual([['/lab/api/auth/logout', 'Bearer access-1']])
  })

  it('signOut_WhenTheServiceCannotBeReached_IsDoneAllTheSame', async () => {
    const { client } = build(() => Promise.reject(new TypeError('fetch failed')))
    client.session.begin(tokens(1))
    await client.signOut()
    expect(client.session.isSignedIn.value).toBe(false)
  })

  it('signedIn_WhenItIsRefusedAfterSomebodyElseSignedIn_IsNotSentAgainAsHis', async () => {
    const held = gate<Response>()
    const { client, requests } = build(() => held.promise)
    client.session.begin(tokens(1))
    const call = client.signedIn.POST('/api/experiments', { body: { name: 'x', experiment_type: 'eeg' } })
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    client.session.finish('signed_out')
    client.session.begin(tokens(2))
    held.open(refused())
    await expect(call).rejects.toMatchObject({ status: 401 })
    expect(requests).toHaveLength(1)
    expect(client.session.access).toBe('access-2')
  })

  it('signedIn_WhenSomebodyElseSignedInWhileItWasRenewed_IsNotSentAgainAsHis', async () => {
    const held = gate<Response>()
    const { client, requests } = build((request) => (request.url.endsWith('/refresh') ? held.promise : refused()))
    client.session.begin(tokens(1))
    const call = client.signedIn.POST('/api/experiments', { body: { name: 'x', experiment_type: 'eeg' } })
    await vi.waitFor(() => expect(requests).toHaveLength(2))
    client.session.finish('signed_out')
    client.session.begin(tokens(2))
    held.open(json(tokens(3)))
    await expect(call).rejects.toMatchObject({ status: 401 })
    expect(requests).toHaveLength(2)
    expect(client.session.access).toBe('access-2')
  })

  it('signedIn_WhenACommandIsAnsweredAfterSomebodyElseSignedIn_LeavesNoTokenToHim', async () => {
    const held = gate<Response>()
    const { client, requests } = build((request) => (request.method === 'POST' ? held.promise : json(me)))
    client.session.begin(tokens(1))
    const call = client.signedIn.POST('/api/experiments', { body: { name: 'x', experiment_type: 'eeg' } })
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    client.session.finish('signed_out')
    client.session.begin(tokens(2))
    held.open(json({}, { status: 201, headers: { 'Consistency-Token': 'v1.2a' } }))
    await expect(call).rejects.toMatchObject({ status: 401 })
    await client.signedIn.GET('/api/auth/me')
    expect(requests.at(-1)!.headers.get('Consistency-Token')).toBeNull()
  })

  it('open_WhenSigningInIsRefused_RenewsNothing', async () => {
    const { client, requests } = build(refused)
    await expect(client.open.POST('/api/auth/login', { body: { email: 'a@b.c', password: 'x' } })).rejects.toMatchObject({ status: 401, detail: 'No.' })
    expect(requests).toHaveLength(1)
    expect(requests[0]!.headers.has('Authorization')).toBe(false)
  })

  it('signedIn_WhenACommandAnsweredWithAToken_SendsItWithTheReadsThatFollow', async () => {
    const { client, requests } = build((request) => (request.method === 'POST' ? json({}, { status: 201, headers: { 'Consistency-Token': 'v1.2a' } }) : json(me)))
    client.session.begin(tokens(1))
    await client.signedIn.GET('/api/dashboard/summary')
    await client.signedIn.POST('/api/experiments', { body: { name: 'x', experiment_type: 'eeg' } })
    await client.signedIn.GET('/api/dashboard/summary')
    client.forget()
    await client.signedIn.GET('/api/dashboard/summary')
    expect(requests.map((request) => request.headers.get('Consistency-Token'))).toEqual([null, null, 'v1.2a', null])
  })

  it('signedIn_WhenTheAnswerIsAProblem_ThrowsItByFieldWithItsWait', async () => {
    const { client } = build(() =>
      json(
        { title: 'Bad Request', status: 400, detail: 'See errors.', error_code: 'VALIDATION_ERROR', error_id: 'abc', errors: { name: ['Too long.'] } },
        { status: 400, headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '7' } },
      ),
    )
    client.session.begin(tokens(1))
    const error = await client.signedIn.GET('/api/auth/me').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 400, title: 'Bad Request', code: 'VALIDATION_ERROR', errorId: 'abc', fields: { name: ['Too long.'] }, retryAfter: 7, isPassing: false })
  })

  it('signedIn_WhenTheAnswerOfAFailureIsNoProblem_ThrowsItsStatus', async () => {
    const { client } = build(() => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } }))
    client.session.begin(tokens(1))
    await expect(client.signedIn.GET('/api/auth/me')).rejects.toMatchObject({ status: 502, isPassing: true, retryAfter: null })
  })

  it('signedIn_WhenThereIsNoAnswer_ThrowsThatTheServiceCannotBeReached', async () => {
    const { client } = build(() => Promise.reject(new TypeError('fetch failed')))
    client.session.begin(tokens(1))
    await expect(client.signedIn.GET('/api/auth/me')).rejects.toMatchObject({ status: 0, isPassing: true })
  })

  it('signedIn_WhenItIsGivenUp_ThrowsWhatAnAbortedCallThrows', async () => {
    const controller = new AbortController()
    const { client } = build(
      (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason as Error))
          controller.abort()
        }),
    )
    client.session.begin(tokens(1))
    await expect(client.signedIn.GET('/api/auth/me', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('signedIn_WhenTheBodyDoesNotEnd_IsGivenUpAtTheDeadline', async () => {
    vi.useFakeTimers()
    try {
      const { client } = build(
        (request) =>
          new Response(
            new ReadableStream({
              start: (body) => {
                body.enqueue(new TextEncoder().encode('{'))
                request.signal.addEventListener('abort', () => body.error(new DOMException('Aborted', 'AbortError')))
              },
            }),
            { headers: { 'Content-Type': 'application/json' } },
          ),
      )
      client.session.begin(tokens(1))
      const call = expect(client.signedIn.GET('/api/auth/me')).rejects.toMatchObject({ name: 'ApiError', status: 0 })
      await vi.advanceTimersByTimeAsync(60_000)
      await call
    } finally {
      vi.useRealTimers()
    }
  })

  it('signedIn_WhenTheAnswerHasNoBody_IsAnswered', async () => {
    const { client } = build(() => new Response(null, { status: 204 }))
    client.session.begin(tokens(1))
    const { response } = await client.signedIn.DELETE('/api/experiments/{id}', { params: { path: { id: '1' } } })
    expect(response.status).toBe(204)
  })

  it('stream_WhenItIsAnswered_HandsTheAnswerOutUnread', async () => {
    const { client, requests } = build(() => new Response('event: nodes\n\n'))
    client.session.begin(tokens(1))
    const response = await client.stream('/api/cache/stream', { headers: { 'Last-Event-ID': 'n-1' } })
    expect(response.bodyUsed).toBe(false)
    expect(requests[0]!.headers.get('Last-Event-ID')).toBe('n-1')
    expect(requests[0]!.headers.get('Authorization')).toBe('Bearer access-1')
  })

  it('value_WhenTheAnswerIsThere_IsItsBody', async () => {
    const { client } = build(() => json(me))
    client.session.begin(tokens(1))
    expect(value(await client.signedIn.GET('/api/auth/me'))).toEqual(me)
  })
})

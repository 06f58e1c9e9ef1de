import { signal, type ReadonlySignal } from '@preact/signals'
import createFetchClient, { type Client as FetchClient } from 'openapi-fetch'
import { ApiError } from './errors'
import { Session, type SessionOptions, type TokenStorage } from './session'
import type { paths } from './schema'

export interface ClientOptions {
  /** Where the service stands: an absolute address, with or without a slash at its end. */
  readonly base: string
  readonly storage: TokenStorage
  readonly alone?: NonNullable<SessionOptions['alone']>
  readonly fetch?: typeof globalThis.fetch
  readonly now?: () => number
}

/** No call waits longer for its answer, in milliseconds: the service's own deadline is shorter. */
const deadline = 60_000

/**
 * Calls to the service. Every failure is thrown as an ApiError, but for calls that were given up by their signal.
 *
 * Entity tags are left to the browser: answers say `private, no-cache`, so it keeps them, asks with If-None-Match, and hands the kept body out upon 304.
 */
export class Client {
  readonly session: Session
  /** Calls of somebody who is signed in: the token is sent, renewed when it is about to end or upon 401. */
  readonly signedIn: FetchClient<paths>
  /** Calls that need nobody: registering, signing in, health. */
  readonly open: FetchClient<paths>

  readonly #base: string
  readonly #fetch: typeof globalThis.fetch
  readonly #writes = signal(0)
  #consistencyToken: string | null = null

  constructor(options: ClientOptions) {
    this.#base = options.base.replace(/\/+$/, '')
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
    this.open = createFetchClient<paths>({ baseUrl: this.#base, fetch: (request) => this.#answer(request, (r) => this.#send(r)) })
    this.signedIn = createFetchClient<paths>({ baseUrl: this.#base, fetch: (request) => this.#answer(request, (r) => this.#authorized(r)) })
    this.session = new Session({
      storage: options.storage,
      ...(options.alone ? { alone: options.alone } : {}),
      ...(options.now ? { now: options.now } : {}),
      exchange: async (token) => value(await this.open.POST('/api/auth/refresh', { body: { refresh_token: token } })),
    })
  }

  /** Counts the commands that changed something: what shows data loads it anew when this changes. */
  get writes(): ReadonlySignal<number> {
    return this.#writes
  }

  /**
   * An answer as it comes, for what is no JSON or does not end, such as a stream; sent like every call of somebody who is signed in.
   * @param path Below the service's address, beginning with a slash.
   * @throws ApiError For every status of failure.
   */
  stream(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#failing(() => this.#authorized(new Request(this.#base + path, init)))
  }

  /** Signs out: here at once, and everywhere else as soon as the service hears of it. Whether it hears of it does not matter here: the tokens are gone. */
  async signOut(): Promise<void> {
    const token = this.session.access
    this.session.finish('signed_out')
    if (token !== null) {
      await this.open.POST('/api/auth/logout', { headers: { Authorization: `Bearer ${token}` } }).catch(() => undefined)
    }
  }

  /** Forgets what was learnt for whoever was signed in. */
  forget(): void {
    this.#consistencyToken = null
  }

  #answer(request: Request, send: (request: Request) => Promise<Response>): Promise<Response> {
    const controller = new AbortController()
    const giveUp = () => controller.abort(request.signal.reason)
    if (request.signal.aborted) {
      giveUp()
    }

    request.signal.addEventListener('abort', giveUp, { once: true })
    const timer = setTimeout(() => controller.abort(ApiError.unreachable()), deadline)
    return this.#failing(async () => {
      try {
        const response = await send(new Request(request, { signal: controller.signal }))
        if (response.ok && isCommand(request)) {
          this.#consistencyToken = response.headers.get('Consistency-Token') ?? this.#consistencyToken
        }

        // The deadline is for the body too: a connection may die in the middle of it.
        return await whole(response)
      } catch (error) {
        throw controller.signal.reason instanceof ApiError ? controller.signal.reason : error
      } finally {
        clearTimeout(timer)
        request.signal.removeEventListener('abort', giveUp)
      }
    })
  }

  async #failing(send: () => Promise<Response>): Promise<Response> {
    let response: Response
    try {
      response = await send()
    } catch (error) {
      if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError')) {
        throw error
      }

      throw ApiError.unreachable()
    }

    if (!response.ok) {
      throw await ApiError.of(response)
    }

    return response
  }

  async #authorized(request: Request): Promise<Response> {
    const session = this.session.count.peek()
    const token = this.#ofSession(session, await this.session.token())
    const again = request.clone()
    const response = await this.#send(request, token)
    this.#ofSession(session, token)
    if (response.status !== 401) {
      return response
    }

    const renewed = this.#ofSession(session, await this.session.renew(token))
    const second = await this.#send(again, renewed)
    this.#ofSession(session, renewed)
    if (second.status === 401) {
      this.session.finish('expired')
    }

    return second
  }

  /** The token, where the session goes on in which the call was made: what somebody asked for who has signed out since is neither sent nor answered. */
  #ofSession(session: number, token: string | null): string {
    if (token === null || session !== this.session.count.peek()) {
      throw ApiError.signedOut()
    }

    return token
  }

  #send(request: Request, token?: string): Promise<Response> {
    if (token !== undefined) {
      request.headers.set('Authorization', `Bearer ${token}`)
      if (this.#consistencyToken !== null && !isCommand(request)) {
        request.headers.set('Consistency-Token', this.#consistencyToken)
      }
    }

    return this.#fetch(request)
  }

  /** Says that a command changed something. */
  wrote(): void {
    this.#writes.value += 1
  }
}

/** The body of an answer whose failures were thrown before. */
export function value<T>(answer: { data?: T; response: Response }): T {
  return answer.data as T
}

/** An answer whose body has come. */
async function whole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer()
  return new Response(body.byteLength === 0 ? null : body, response)
}

function isCommand(request: Request): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD'
}

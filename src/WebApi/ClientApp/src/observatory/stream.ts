import { asApiError, type ApiError } from '../api/errors'
import { type StreamMessage, StreamParser } from './sse'

/** How the connection of a stream is. */
export type StreamState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly since: number }
  /** The connection is lost; it is tried again at `until` (milliseconds since 1970). Before `heldUntil` that is of no use, as the service said; null: it said nothing. */
  | { readonly kind: 'waiting'; readonly until: number; readonly heldUntil: number | null; readonly why: string }
  /** It is over, and is not tried again by itself. */
  | { readonly kind: 'ended'; readonly why: string }

/** What a stream needs of the page. */
export interface StreamOptions {
  /**
   * Asks the service, and renews the token once where it is refused.
   * @throws ApiError for every status of failure, and where the service cannot be reached.
   */
  readonly open: (init: RequestInit) => Promise<Response>
  readonly onState: (state: StreamState) => void
  readonly onMessage: (message: StreamMessage) => void
  /** From 0 up to 1. */
  readonly random?: () => number
  readonly now?: () => number
}

/** The first pause after a lost connection, and the longest, in milliseconds. Each is twice the one before it. */
export const firstPause = 1_000
export const longestPause = 30_000

/** The longest pause that a server may ask for, in milliseconds. */
export const longestAsked = 10 * 60_000

/** A connection that lasted this long, in milliseconds, counts as a good one: the pauses begin anew. */
const goodAfter = 5_000

/** The server speaks every second; silence for this long, in milliseconds, means that nobody is there any more. */
export const longestSilence = 15_000

const silent = 'Nothing was heard for too long.'

/** Why a connection did not come about, or ended. */
type Ending =
  /** With the pause that the server asked for, in milliseconds. */
  | { readonly then: 'wait'; readonly why: string; readonly asked: number | null }
  | { readonly then: 'end'; readonly why: string }

/**
 * Server-sent events over fetch, because the browser's own EventSource cannot send a token. A lost connection is tried again with the last id, after
 * pauses that grow and are of random length, so that many pages do not come back in one moment; a pause that the server asks for is kept. A missing right and
 * a sign-in that is over end the stream.
 */
export class EventStream {
  readonly #options: StreamOptions
  readonly #random: () => number
  readonly #now: () => number
  #lastId = ''
  #attempt = 0
  #basePause = firstPause
  #running: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #heldUntil: number | null = null

  constructor(options: StreamOptions) {
    this.#options = options
    this.#random = options.random ?? Math.random
    this.#now = options.now ?? Date.now
  }

  /** Connects, where it is not connected: at first, while it waits for the next try, or after it ended. A pause that the server asked for is kept. */
  connect(): void {
    if (this.#running === null && (this.#heldUntil === null || this.#heldUntil <= this.#now())) {
      clearTimeout(this.#timer)
      void this.#run()
    }
  }

  /** Ends it without a word: no more events, no more states. */
  close(): void {
    clearTimeout(this.#timer)
    this.#running?.abort()
    this.#running = null
  }

  async #run(): Promise<void> {
    const control = new AbortController()
    this.#running = control
    this.#heldUntil = null
    this.#options.onState({ kind: 'connecting' })
    const ending = await this.#read(control)

    // Closed, or closed and connected anew, while this one was on its way: what it says is of no interest.
    if (this.#running !== control) {
      return
    }

    this.#running = null
    if (ending.then === 'wait') {
      this.#wait(ending.why, ending.asked)
    } else {
      this.#options.onState({ kind: 'ended', why: ending.why })
    }
  }

  #wait(why: string, asked: number | null): void {
    const grown = Math.min(longestPause, this.#basePause * 2 ** Math.min(this.#attempt, 16))
    const pause = asked === null ? grown * (0.5 + this.#random() / 2) : Math.min(longestAsked, asked)
    const until = this.#now() + pause
    this.#attempt++
    this.#heldUntil = asked === null ? null : until
    this.#options.onState({ kind: 'waiting', until, heldUntil: this.#heldUntil, why })
    this.#timer = setTimeout(() => void this.#run(), pause)
  }

  async #read(control: AbortController): Promise<Ending> {
    // One watch over the answer and everything after it: a connection that nobody holds any more looks like a quiet one.
    let silence = setTimeout(() => control.abort(), longestSilence)
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => control.abort(), longestSilence)
    }

    try {
      const headers = { Accept: 'text/event-stream', ...(this.#lastId === '' ? {} : { 'Last-Event-ID': this.#lastId }) }
      const response = await this.#options.open({ headers, cache: 'no-store', signal: control.signal })
      if (response.body === null || response.headers.get('Content-Type')?.startsWith('text/event-stream') !== true) {
        await response.body?.cancel()
        return response.status === 204 ? { then: 'end', why: 'The service offers no stream.' } : again('Something else than the service answered.')
      }

      await this.#follow(response.body, control, heard)
      return again(control.signal.aborted ? silent : 'The service ended the stream.')
    } catch (thrown) {
      return control.signal.aborted ? again(silent) : endingOf(asApiError(thrown))
    } finally {
      clearTimeout(silence)
    }
  }

  async #follow(body: ReadableStream<Uint8Array>, control: AbortController, heard: () => void): Promise<void> {
    const since = this.#now()
    const reader = body.getReader()
    const giveUp = () => void reader.cancel().catch(() => undefined)
    control.signal.addEventListener('abort', giveUp)
    try {
      if (this.#running === control) {
        this.#options.onState({ kind: 'live', since })
      }

      const parser = this.#parser(control)
      const decoder = new TextDecoder()
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        heard()
        parser.push(decoder.decode(chunk.value, { stream: true }))
      }
    } finally {
      control.signal.removeEventListener('abort', giveUp)
      giveUp()
      if (this.#now() - since >= goodAfter) {
        this.#attempt = 0
      }
    }
  }

  #parser(control: AbortController): StreamParser {
    return new StreamParser(
      {
        message: (message) => {
          // Closed in the middle of a chunk: the rest of it is nobody's.
          if (this.#running === control) {
            this.#lastId = message.id
            this.#options.onMessage(message)
          }
        },
        retry: (milliseconds) => {
          this.#basePause = Math.min(longestPause, Math.max(100, milliseconds))
        },
      },
      this.#lastId,
    )
  }
}

function again(why: string, asked: number | null = null): Ending {
  return { then: 'wait', why, asked }
}

function endingOf(error: ApiError | null): Ending {
  switch (error?.status) {
    case 401:
      return { then: 'end', why: 'Your sign-in is over.' }
    case 403:
      return { then: 'end', why: 'Your account may not see this: the role admin is needed.' }
    case 404:
      return { then: 'end', why: 'The service offers no stream.' }
    case undefined:
    case 0:
      return again('The service cannot be reached.')
    default:
      return again(error!.detail, error!.retryAfter === null ? null : error!.retryAfter * 1_000)
  }
}

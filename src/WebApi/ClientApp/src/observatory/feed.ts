import { computed, signal } from '@preact/signals'
import { nothingYet, type Observatory, silentAfter, withEvents } from './model'
import type { StreamMessage } from './sse'
import type { StreamState } from './stream'

/** A connection, as a feed needs it. */
export interface Connection {
  connect(): void
  close(): void
}

export interface FeedOptions {
  /** Makes the connection that tells its events and its states here. */
  readonly connection: (told: { readonly onMessage: (message: StreamMessage) => void; readonly onState: (state: StreamState) => void }) => Connection
  /** Has something done before the page is drawn next. */
  readonly beforeNextFrame: (work: () => void) => void
  readonly now?: () => number
}

/** What is shown changes no more often than this, in milliseconds: nobody reads faster, and rows cost. */
const shownEvery = 200

/** As many events wait for a frame at most; a page that is not drawn has none. */
const mostQueued = 2_000

/**
 * What the page shows of the stream. Events are taken together for each frame, and shown some times a second. While it is paused they are still taken in,
 * and what is shown stays as it is.
 */
export class Feed {
  /** How the connection is. */
  readonly connection = signal<StreamState>({ kind: 'connecting' })
  readonly paused = signal(false)

  /** What is shown. */
  readonly shown = signal<Observatory>(nothingYet)

  /** How many invalidations came since it was paused. */
  readonly heldBack = signal(0)

  readonly nodes = computed(() => this.shown.value.nodes)
  readonly at = computed(() => this.shown.value.at)
  readonly invalidations = computed(() => this.shown.value.invalidations)
  readonly circuits = computed(() => this.shown.value.circuits)
  readonly gaps = computed(() => this.shown.value.gaps)

  readonly #heardAt = computed(() => this.shown.value.heardAt)
  readonly #stream: Connection
  readonly #beforeNextFrame: (work: () => void) => void
  readonly #now: () => number
  #known: Observatory = nothingYet
  #queue: StreamMessage[] = []
  #isDue = false
  #shownAt = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: FeedOptions) {
    this.#beforeNextFrame = options.beforeNextFrame
    this.#now = options.now ?? Date.now
    this.#stream = options.connection({
      onMessage: (message) => this.#take(message),
      onState: (state) => {
        this.connection.value = state
      },
    })
  }

  /**
   * Of when that is what is shown, in milliseconds since 1970: null while that is now, and before anything is shown. A lost stream, a silent one and a held display
   * all leave on the screen what may be long over.
   * @param now the page's own clock, in milliseconds since 1970.
   */
  asOf(now: number): number | null {
    const heardAt = this.#heardAt.value
    const isOver = this.connection.value.kind !== 'live' || (heardAt !== null && now - heardAt > silentAfter)
    return isOver ? heardAt : null
  }

  /** Connects; where it waits for its next try, at once, unless the service asked for that wait. */
  connect(): void {
    this.#stream.connect()
  }

  close(): void {
    this.#stream.close()
    clearTimeout(this.#timer)
    this.#queue = []
  }

  pause(): void {
    this.paused.value = true
    this.heldBack.value = 0
  }

  resume(): void {
    this.paused.value = false
    this.#show()
  }

  #take(message: StreamMessage): void {
    this.#queue.push(message)
    if (this.#queue.length >= mostQueued) {
      this.#fold()
    } else if (!this.#isDue) {
      this.#isDue = true
      this.#beforeNextFrame(() => this.#fold())
    }
  }

  #fold(): void {
    this.#isDue = false
    if (this.#queue.length === 0) {
      return
    }

    this.#known = withEvents(this.#known, this.#queue, this.#now())
    this.#queue = []
    const wait = this.#shownAt + shownEvery - this.#now()
    if (wait <= 0) {
      this.#show()
    } else {
      this.#timer ??= setTimeout(() => this.#show(), wait)
    }
  }

  #show(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#shownAt = this.#now()
    if (this.paused.value) {
      this.heldBack.value = this.#known.invalidationsSeen - this.shown.value.invalidationsSeen
    } else {
      this.shown.value = this.#known
    }
  }
}

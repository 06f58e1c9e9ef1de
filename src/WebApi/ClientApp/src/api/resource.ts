import { signal, type ReadonlySignal } from '@preact/signals'
import { ApiError, asApiError } from './errors'
import { following, type Freshness } from './freshness'

/** A value with its freshness; null where the service says nothing about it. */
export interface Loaded<T> {
  readonly value: T
  readonly freshness: Freshness | null
}

/** A value of which nothing was missing. */
export interface Whole<T> {
  readonly value: T
  readonly freshness: Freshness
}

export interface LoadOptions {
  /** Ask the origin, not the cache. */
  readonly force: boolean
  readonly signal: AbortSignal
}

export type Load<T> = (options: LoadOptions) => Promise<Loaded<T>>

/** How a section stands. The first that holds: its last load failed, nothing came yet, it is stale, some of it is missing, it came from a cache, it came from the origin. */
export type ResourceStatus = 'failed' | 'loading' | 'stale' | 'partial' | 'cached' | 'fresh'

export interface ResourceState<T> {
  readonly status: ResourceStatus
  /** The last value; kept while it is loaded anew and when that fails. */
  readonly data: T | null
  readonly freshness: Freshness | null
  /** The last answer to this question of which nothing was missing: it stands in for the parts that a later one lacks. */
  readonly whole: Whole<T> | null
  /** Why the last load failed; null once one succeeded. */
  readonly error: ApiError | null
  readonly isLoading: boolean
  /** Whether the load under way asks the origin, as somebody wished. */
  readonly isForced: boolean
  /** Whether the data answers an earlier question, such as another period; it goes once the new answer is there. */
  readonly isPrevious: boolean
  /** When it is loaded again without being asked, in milliseconds; null: it is not. */
  readonly nextTryAt: number | null
  /** Asking before that is of no use, as the service said with Retry-After; null: it may be asked. */
  readonly heldUntil: number | null
}

export interface ResourceOptions {
  /** Loads again so many milliseconds after each load; null: only when asked. */
  readonly every?: number | null
  readonly now?: () => number
  /** Runs something later; returns what takes that back. */
  readonly later?: (run: () => void, milliseconds: number) => () => void
  /** Whether anybody looks; while nobody does, nothing is loaded by itself. */
  readonly isVisible?: () => boolean
}

/** What a failure without Retry-After waits before the next try, in milliseconds: one after the other, the last again and again. */
const pauses = [5_000, 10_000, 20_000, 40_000, 60_000]

const maxRemembered = 40

interface Remembered<T> extends Loaded<T> {
  readonly whole: Whole<T> | null
}

/** The last answers by their question, so that a section that is shown again has something at once. Of one user: forgotten when he signs out. */
const remembered = new Map<string, Remembered<unknown>>()

/** Forgets the last answers of everything. */
export function forgetAnswers(): void {
  remembered.clear()
}

/** Forgets the last answer to a question, by its name. */
export function forgetAnswer(key: string): void {
  remembered.delete(key)
}

/** Loads a section and keeps it loaded. One load is under way at a time; a question that is out of date is given up. */
export class Resource<T> {
  readonly #state = signal<ResourceState<T>>({
    status: 'loading',
    data: null,
    freshness: null,
    whole: null,
    error: null,
    isLoading: false,
    isForced: false,
    isPrevious: false,
    nextTryAt: null,
    heldUntil: null,
  })
  readonly #every: number | null
  readonly #now: () => number
  readonly #later: (run: () => void, milliseconds: number) => () => void
  readonly #isVisible: () => boolean
  #key = ''
  #load: Load<T> | null = null
  #current: AbortController | null = null
  #failures = 0
  #cancelNext: () => void = () => {}

  constructor(options: ResourceOptions = {}) {
    this.#every = options.every ?? null
    this.#now = options.now ?? Date.now
    this.#later = options.later ?? afterTimeout
    this.#isVisible = options.isVisible ?? (() => true)
  }

  get state(): ReadonlySignal<ResourceState<T>> {
    return this.#state
  }

  /**
   * Asks a question, by its name: what was answered to it before is shown at once, and what another question was answered only until the answer comes. Where the
   * service said to wait, that holds for this question too: it is asked then.
   */
  ask(key: string, load: Load<T>): void {
    const isOther = this.#key !== key
    const held = this.#heldUntil()
    this.#key = key
    this.#load = load
    if (isOther) {
      const before = remembered.get(key) as Remembered<T> | undefined
      this.#failures = 0
      if (before) {
        this.#set({ status: held !== null ? 'failed' : statusOf(before.freshness), data: before.value, freshness: before.freshness, whole: before.whole, isPrevious: false })
      } else if (held !== null) {
        this.#set({ status: 'failed', data: null, freshness: null, whole: null, isPrevious: false })
      } else {
        this.#set({ status: 'loading', whole: null, isPrevious: this.#state.peek().data !== null })
      }

      if (held === null) {
        this.#set({ error: null, heldUntil: null })
      }

      this.#current?.abort()
      this.#current = null
    }

    if (held !== null) {
      this.#schedule(held - this.#now())
    } else {
      this.reload()
    }
  }

  /** Loads it again, unless the service said to wait. A load that is under way is joined, unless the origin is to be asked and that one does not ask it. */
  reload(options: { force?: boolean } = {}): void {
    const force = options.force ?? false
    if (this.#load === null || this.#heldUntil() !== null) {
      return
    }

    if (this.#current !== null) {
      if (this.#state.peek().isForced || !force) {
        return
      }

      this.#current.abort()
    }

    void this.#run(this.#load, force)
  }

  /** Loads it again because what it shows was changed: a load that is under way may have begun too early and is given up. */
  refreshAfterWrite(): void {
    this.#current?.abort()
    this.#current = null
    this.reload()
  }

  /** Loads it if its time has come; to be called when somebody looks again. */
  wake(): void {
    const { nextTryAt } = this.#state.peek()
    if (nextTryAt !== null && nextTryAt <= this.#now()) {
      this.reload()
    }
  }

  /** Shows a value at once, such as what a command answered. */
  put(value: T): void {
    this.#set({ data: value })
  }

  /** Gives everything up. */
  dispose(): void {
    this.#cancelNext()
    this.#current?.abort()
    this.#current = null
    this.#load = null
  }

  async #run(load: Load<T>, force: boolean): Promise<void> {
    const controller = new AbortController()
    const key = this.#key
    this.#current = controller
    this.#cancelNext()
    this.#set({ isLoading: true, isForced: force, nextTryAt: null, heldUntil: null })
    try {
      const loaded = await load({ force, signal: controller.signal })
      if (this.#current !== controller) {
        return
      }

      const { value } = loaded
      const shown = this.#state.peek()
      const freshness = loaded.freshness === null ? null : following(shown.isPrevious ? null : shown.freshness, loaded.freshness)
      const whole = freshness !== null && freshness.missing.length === 0 ? { value, freshness } : shown.whole
      remember(key, { value, freshness, whole })
      this.#failures = 0
      this.#current = null
      this.#set({ status: statusOf(freshness), data: value, freshness, whole, error: null, isLoading: false, isForced: false, isPrevious: false })
      this.#schedule(this.#every)
    } catch (thrown) {
      if (this.#current !== controller) {
        return
      }

      this.#current = null
      this.#fail(asApiError(thrown) ?? ApiError.unreachable())
    }
  }

  #fail(error: ApiError): void {
    const pause = error.retryAfter !== null ? Math.max(1, error.retryAfter) * 1000 : pauses[Math.min(this.#failures, pauses.length - 1)]!
    this.#failures += 1
    const { isPrevious, data, freshness, whole } = this.#state.peek()
    const isThere = error.status !== 404
    if (!isThere) {
      forgetAnswer(this.#key)
    }

    // What another question was answered would pass for the answer to this one, and what is there no more for what is there.
    const keeps = isThere && !isPrevious
    this.#set({
      status: 'failed',
      error,
      isLoading: false,
      isForced: false,
      data: keeps ? data : null,
      freshness: keeps ? freshness : null,
      whole: keeps ? whole : null,
      isPrevious: false,
      heldUntil: error.retryAfter !== null ? this.#now() + pause : null,
    })
    this.#schedule(error.isPassing ? pause : null)
  }

  #schedule(pause: number | null): void {
    this.#cancelNext()
    if (pause === null) {
      return
    }

    this.#set({ nextTryAt: this.#now() + pause })
    this.#cancelNext = this.#later(() => {
      if (this.#isVisible()) {
        this.#set({ heldUntil: null })
        this.reload()
      }
    }, pause)
  }

  /** Until when asking is of no use; null: it may be asked. */
  #heldUntil(): number | null {
    const { heldUntil } = this.#state.peek()
    return heldUntil !== null && heldUntil > this.#now() ? heldUntil : null
  }

  #set(change: Partial<ResourceState<T>>): void {
    this.#state.value = { ...this.#state.peek(), ...change }
  }
}

function statusOf(freshness: Freshness | null): ResourceStatus {
  if (freshness === null) {
    return 'fresh'
  }

  if (freshness.isStale) {
    return 'stale'
  }

  if (freshness.missing.length > 0) {
    return 'partial'
  }

  return freshness.source === 'origin' ? 'fresh' : 'cached'
}

function remember(key: string, loaded: Remembered<unknown>): void {
  remembered.delete(key)
  remembered.set(key, loaded)
  if (remembered.size > maxRemembered) {
    remembered.delete(remembered.keys().next().value!)
  }
}

function afterTimeout(run: () => void, milliseconds: number): () => void {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}

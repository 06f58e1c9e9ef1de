import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import { ApiError } from './errors'
import type { SignIn } from './types'

interface Tokens {
  /** Names the session: the same from sign-in to sign-out, whatever is renewed. */
  readonly session: string
  readonly access: string
  readonly refresh: string
  /** When the access token ends, by this machine's clock, in milliseconds. */
  readonly endsAt: number
}

/** Where tokens are kept, for every tab of the browser: what a Storage of the browser has. */
export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Why nobody is signed in. */
export type EndOfSession = 'none' | 'signed_out' | 'expired'

export interface SessionOptions {
  /** Exchanges a refresh token, once, for new tokens. Throws an ApiError: 400 and 401 mean that it is worth nothing any more. */
  readonly exchange: (refreshToken: string) => Promise<SignIn>
  readonly storage: TokenStorage
  /** Runs a renewal while no other tab does; by default, and where the browser cannot see to that, at once. */
  readonly alone?: (renewal: () => Promise<string | null>) => Promise<string | null>
  readonly now?: () => number
}

/** Where the storage has the tokens. */
export const storageKey = 'neurolab.session'

/** Tokens are renewed this long before they end. */
const renewBefore = 60_000

/** After a renewal that failed for the time being the token in hand does; the next try is not before this. */
const renewPause = 10_000

/**
 * Who is signed in here: holds the tokens, and renews them. One renewal is under way at a time, in all tabs together, because a refresh token is good for one use: the
 * service takes a second one for theft.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #now: () => number
  readonly #tokens = signal<Tokens | null>(null)
  readonly #end = signal<EndOfSession>('none')
  #renewal: Promise<string | null> | null = null
  #renewNotBefore = 0
  readonly #count = signal(0)

  readonly isSignedIn: ReadonlySignal<boolean> = computed(() => this.#tokens.value !== null)

  constructor(options: SessionOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#tokens.value = read(options.storage)
  }

  /** Why nobody is signed in. */
  get end(): ReadonlySignal<EndOfSession> {
    return this.#end
  }

  /** Differs from one session to the next, and while there is none; a renewal changes nothing about it. */
  get count(): ReadonlySignal<number> {
    return this.#count
  }

  /** The token in hand, whether it is good or not; null: nobody is signed in. */
  get access(): string | null {
    return this.#tokens.peek()?.access ?? null
  }

  /** Begins a session with what sign-in answered. */
  begin(answer: SignIn): void {
    batch(() => {
      this.#count.value += 1
      this.#end.value = 'none'
      this.#keep(answer, Math.random().toString(36).slice(2))
    })
  }

  /** Forgets the tokens. */
  finish(why: Exclude<EndOfSession, 'none'>): void {
    if (this.#tokens.value === null) {
      return
    }

    batch(() => {
      this.#count.value += 1
      this.#end.value = why
      this.#tokens.value = null
    })
    this.#options.storage.removeItem(storageKey)
  }

  /** Goes on with what another tab has kept since: renewed tokens, somebody else's session, or none. */
  follow(): void {
    const kept = read(this.#options.storage)
    const tokens = this.#tokens.peek()
    if (kept === null) {
      this.finish('signed_out')
    } else if (kept.access !== tokens?.access) {
      batch(() => {
        this.#count.value += kept.session === tokens?.session ? 0 : 1
        this.#end.value = 'none'
        this.#renewNotBefore = 0
        this.#tokens.value = kept
      })
    }
  }

  /**
   * A token to send; renewed first where it is about to end. While renewing fails for the time being (the service has no database, say), the token in hand is
   * used as long as it lives. Null: nobody is signed in.
   */
  async token(): Promise<string | null> {
    const tokens = this.#tokens.value
    if (tokens === null) {
      return null
    }

    const now = this.#now()
    if (now < tokens.endsAt - renewBefore || (now < tokens.endsAt && now < this.#renewNotBefore)) {
      return tokens.access
    }

    try {
      return await this.renew(tokens.access)
    } catch (error) {
      if (this.#now() < tokens.endsAt) {
        this.#renewNotBefore = this.#now() + renewPause
        return tokens.access
      }

      throw error
    }
  }

  /**
   * A token in place of one that was refused or is about to end. Null: the session is over.
   * @throws ApiError Renewing failed for the time being; the session goes on.
   */
  renew(used: string): Promise<string | null> {
    const tokens = this.#tokens.value
    if (tokens === null || tokens.access !== used) {
      return Promise.resolve(tokens?.access ?? null)
    }

    const alone = this.#options.alone ?? ((run) => run())
    this.#renewal ??= alone(() => this.#exchange(tokens)).finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #exchange(tokens: Tokens): Promise<string | null> {
    this.follow()
    if (this.#tokens.value?.access !== tokens.access) {
      return this.access
    }

    try {
      const answer = await this.#options.exchange(tokens.refresh)
      if (this.#tokens.value === tokens) {
        this.#keep(answer, tokens.session)
      }
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 401)) {
        throw error
      }

      // Where tabs cannot wait for each other, another one may have been first.
      if (this.#tokens.value === tokens && read(this.#options.storage)?.access === tokens.access) {
        this.finish('expired')
      } else {
        this.follow()
      }
    }

    return this.#tokens.value?.access ?? null
  }

  #keep(answer: SignIn, session: string): void {
    const tokens = { session, access: answer.access_token, refresh: answer.refresh_token, endsAt: this.#now() + answer.expires_in * 1000 }
    this.#renewNotBefore = 0
    this.#tokens.value = tokens
    this.#options.storage.setItem(storageKey, JSON.stringify(tokens))
  }
}

function read(storage: TokenStorage): Tokens | null {
  try {
    const kept = JSON.parse(storage.getItem(storageKey) ?? 'null') as Partial<Tokens> | null
    return typeof kept?.session === 'string' && typeof kept.access === 'string' && typeof kept.refresh === 'string' && typeof kept.endsAt === 'number' ? (kept as Tokens) : null
  } catch {
    return null
  }
}

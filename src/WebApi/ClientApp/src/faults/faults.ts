import type { ApiError } from '../api/errors'

/** A store that can be stopped; of Redis there may be none. */
export type Store = 'database' | 'redis'

export type StoreState = 'running' | 'stopped' | 'absent'

/** What is stopped, as the service answers. */
export type Faults = Readonly<Record<Store, StoreState>>

export const storeNames: Readonly<Record<Store, string>> = { database: 'database', redis: 'Redis' }

/** Reads an answer of the service; null where it is none of the form that is promised. */
export function readFaults(answer: unknown): Faults | null {
  const { database, redis } = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<Record<Store, unknown>>
  return isState(database) && isState(redis) ? { database, redis } : null
}

function isState(value: unknown): value is StoreState {
  return value === 'running' || value === 'stopped' || value === 'absent'
}

/** How far someone is: nothing was stopped yet, something is stopped, what was stopped runs again. */
export type Step = 'stop' | 'watch' | 'heal'

/** What is known of the switches on this page. */
export interface Guide {
  readonly faults: Faults
  /** What was last started again after it had been stopped; null before that. */
  readonly healed: Store | null
}

export function stepOf({ faults, healed }: Guide): Step {
  return faults.database === 'stopped' || faults.redis === 'stopped' ? 'watch' : healed === null ? 'stop' : 'heal'
}

/** The guide after the service has answered a switch. */
export function switched(before: Guide, faults: Faults): Guide {
  const started = (['database', 'redis'] as const).find((store) => before.faults[store] === 'stopped' && faults[store] === 'running')
  return { faults, healed: started ?? before.healed }
}

/** Why a switch was not turned, and until when turning it is of no use, in milliseconds since 1970; 0: it may be turned. */
export interface Refusal {
  readonly why: string
  readonly heldUntil: number
}

export function refusalOf(error: ApiError, now: number): Refusal {
  return { why: error.detail, heldUntil: error.retryAfter === null ? 0 : now + error.retryAfter * 1_000 }
}

/** What to expect while a store is stopped, and what of both. */
export function whileStopped(faults: Faults): readonly string[] {
  const database = faults.database === 'stopped'
  const redis = faults.redis === 'stopped'
  return [
    ...(database
      ? [
          'Answers go on from memory. After about 2 s without the database they are marked as stale, with the reason "unverified": nobody can say whether a write has overtaken them.',
          'Reload a section, or open one that was not open yet: what is not cached is refused with a time for the next try, and what was on the screen stays there.',
          'Creating, renaming and deleting is refused. You stay signed in: that needs no database.',
        ]
      : []),
    ...(redis
      ? [
          database
            ? 'Redis is gone as well: memory is all there is.'
            : 'Nothing changes for who asks: answers come from memory, else from the database. That is the point.',
          'In the observatory Redis turns unavailable, and after a few failed calls its breaker opens: from then on nobody waits for it.',
        ]
      : []),
  ]
}

/** What to expect once a store runs again. */
export function whileHealing(store: Store): readonly string[] {
  return store === 'database'
    ? [
        'The next reading of the journal succeeds, within a second or so. Copies that no write has overtaken are fresh again at once, without being loaded.',
        'If the breaker was open, one call tries the database every second and closes it. What was refused is loaded with its next try.',
      ]
    : ['The connection comes back by itself, and one call a second tries it until the breaker closes. Redis answers again, and takes in what is loaded.']
}

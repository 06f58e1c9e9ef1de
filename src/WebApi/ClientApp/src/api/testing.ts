import type { TokenStorage } from './session'
import type { SignIn } from './types'

/** Storage as a browser's, for tests. */
export function memoryStorage(): TokenStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) }
}

/** What sign-in answers: tokens with a number in them. */
export function tokens(number: number, seconds = 3600): SignIn {
  return { access_token: `access-${number}`, token_type: 'Bearer', expires_in: seconds, refresh_token: `refresh-${number}` }
}

/** A promise that the test settles. */
export function gate<T>(): { readonly promise: Promise<T>; readonly open: (value: T) => void; readonly fail: (error: unknown) => void } {
  let open!: (value: T) => void
  let fail!: (error: unknown) => void
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

/** Lets everything run that waits for nothing from outside. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve()
  }
}

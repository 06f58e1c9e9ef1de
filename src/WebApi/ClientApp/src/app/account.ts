import { effect, signal, untracked } from '@preact/signals'
import { client, value, type Me } from '../api'
import { asApiError } from '../api/errors'
import { forgetAnswers } from '../api/resource'

const storageKey = 'neurolab.account'

/** Who is signed in; null while that is not known. Kept beside the tokens, so that it is known too while the service has no database. */
export const account = signal<Me | null>(readKept())

/** How long to wait before asking again who is signed in, where the service did not say, in milliseconds. */
const pause = 10_000

/** Counts who was asked for, so that an answer that comes after he signed out is dropped. */
let lastAsked = 0

/** Signs in. Throws an ApiError. */
export async function signIn(email: string, password: string): Promise<void> {
  const answer = value(await client.open.POST('/api/auth/login', { body: { email, password } }))
  client.session.begin(answer)
}

/** Opens an account, and signs in to it; tells whether that went well too. Throws an ApiError where there is no account. */
export async function signUp(email: string, username: string, password: string): Promise<boolean> {
  await client.open.POST('/api/auth/register', { body: { email, username, password } })
  return signIn(email, password).then(
    () => true,
    () => false,
  )
}

/** Keeps the account in step with the session. */
export function startAccount(): void {
  let before = client.session.count.peek()
  effect(() => {
    const isSignedIn = client.session.isSignedIn.value
    const session = client.session.count.value
    // What these read is none of the effect's business: a renewed token is no other account.
    untracked(() => {
      if (!isSignedIn || session !== before) {
        forget()
      }

      before = session
      if (isSignedIn) {
        void load()
      }
    })
  })
}

async function load(): Promise<void> {
  const asked = ++lastAsked
  try {
    const me = value(await client.signedIn.GET('/api/auth/me'))
    if (asked !== lastAsked) {
      return
    }

    account.value = me
    localStorage.setItem(storageKey, JSON.stringify(me))
  } catch (thrown) {
    const error = asApiError(thrown)
    if (error?.isPassing) {
      setTimeout(() => {
        if (asked === lastAsked) {
          void load()
        }
      }, (error.retryAfter ?? 0) * 1000 || pause)
    }
  }
}

function forget(): void {
  lastAsked += 1
  account.value = null
  localStorage.removeItem(storageKey)
  forgetAnswers()
  client.forget()
}

function readKept(): Me | null {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Me | null
  } catch {
    return null
  }
}

import { useEffect, useRef, useState } from 'preact/hooks'
import { asApiError, type ApiError } from '../api'
import { secondsUntil } from '../ui'

export interface Submission {
  readonly isBusy: boolean
  /** What went wrong, for no field in particular. */
  readonly error: ApiError | null
  /** What is wrong with each field. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Seconds until sending makes sense again; 0: now. */
  readonly wait: number
  /** To be called with the form's submit event; `check` says what is wrong before anything is sent. */
  readonly submit: (event: Event) => void
}

/**
 * Sends a form: shows errors by field and sets the focus to the first, and waits for Retry-After.
 * @param send Is told whether the form is gone since, because its user gave it up: the answer must not lead him away from where he is then.
 */
export function useSubmit(send: (isGone: () => boolean) => Promise<void>, check: () => Readonly<Record<string, string>> = () => ({})): Submission {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const [fields, setFields] = useState<Readonly<Record<string, readonly string[]>>>({})
  const [heldUntil, setHeldUntil] = useState(0)
  const form = useRef<HTMLFormElement | null>(null)
  const isGone = useRef(false)
  useEffect(
    () => () => {
      isGone.current = true
    },
    [],
  )
  const wait = heldUntil === 0 ? 0 : secondsUntil(heldUntil)
  useEffect(() => {
    if (Object.keys(fields).length > 0) {
      form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
    }
  }, [fields])
  const submit = (event: Event) => {
    event.preventDefault()
    if (isBusy || wait > 0) {
      return
    }

    form.current = event.currentTarget as HTMLFormElement
    const wrong = check()
    setError(null)
    setFields(Object.fromEntries(Object.entries(wrong).map(([name, text]) => [name, [text]])))
    if (Object.keys(wrong).length > 0) {
      return
    }

    setBusy(true)
    send(() => isGone.current)
      .catch((thrown: unknown) => {
        const failure = asApiError(thrown)
        if (failure !== null) {
          setError(failure)
          setFields(failure.fields)
          setHeldUntil(failure.retryAfter === null ? 0 : Date.now() + failure.retryAfter * 1000)
        }
      })
      .finally(() => setBusy(false))
  }
  return { isBusy, error, fields, wait, submit }
}

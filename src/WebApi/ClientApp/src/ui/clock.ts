import { signal, type ReadonlySignal } from '@preact/signals'

const now = signal(Date.now())
let timer: ReturnType<typeof setInterval> | null = null

/** Now in milliseconds, once a second while the page is looked at: what is read from here in a component ticks. */
export function clock(): ReadonlySignal<number> {
  if (timer === null) {
    timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        now.value = Date.now()
      }
    }, 1000)
  }

  return now
}

/** Whole seconds until a moment, at least 0; ticks where it is read in a component. */
export function secondsUntil(moment: number): number {
  // Read for its ticks alone: between them something may have been set against a later time.
  void clock().value
  return Math.max(0, Math.ceil((moment - Date.now()) / 1000))
}

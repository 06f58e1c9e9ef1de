import { signal } from '@preact/signals'
import type { Tone } from './Badge'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: Tone
}

const toasts = signal<readonly Toast[]>([])
const spoken = signal('')
let last = 0

/** How long a message stays, in milliseconds. */
const lifetime = 6_000

/** Says something to those who listen to the page: politely, and once. */
export function announce(text: string): void {
  // The same text again is spoken only if it differs from what stands there.
  spoken.value = spoken.peek() === text ? `${text}\u00a0` : text
}

/** Shows a message for a few seconds, and says it. */
export function toast(text: string, tone: Tone = 'good'): void {
  const id = ++last
  toasts.value = [...toasts.peek().slice(-1), { id, text, tone }]
  setTimeout(() => dismiss(id), lifetime)
}

function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((toast) => toast.id !== id)
}

/** Where messages appear; stands once in the page. */
export function LiveRegions() {
  return (
    <>
      <div class="hidden" role="status" aria-live="polite">
        {spoken.value}
      </div>
      <div class="toasts" role="status" aria-live="polite">
        {toasts.value.map((toast) => (
          <div key={toast.id} class={`toast tone-${toast.tone}`}>
            <span>{toast.text}</span>
            <button type="button" class="button button-quiet button-small" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
              <span aria-hidden="true">✕</span>
            </button>
          </div>
        ))}
      </div>
    </>
  )
}

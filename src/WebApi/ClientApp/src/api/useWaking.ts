import { useEffect } from 'preact/hooks'
import type { Resource } from './resource'

/** The part of the page that says whether somebody looks. */
export type Looks = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>

/** Loads what came due while nobody looked, as soon as somebody does. */
export function useWaking(resource: Pick<Resource<unknown>, 'wake'>): void {
  useEffect(() => wakeWhenSeen(document, resource), [])
}

/** The same outside a component; returns what takes it back. */
export function wakeWhenSeen(page: Looks, resource: Pick<Resource<unknown>, 'wake'>): () => void {
  const wake = () => {
    if (page.visibilityState === 'visible') {
      resource.wake()
    }
  }

  page.addEventListener('visibilitychange', wake)
  return () => page.removeEventListener('visibilitychange', wake)
}

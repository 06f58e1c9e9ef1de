import { useEffect, useMemo } from 'preact/hooks'
import { Resource, type Load } from './resource'
import { useWaking } from './useWaking'
import { client } from '.'

/** What is on screen is loaded anew this often, in milliseconds. */
export const refreshEvery = 15_000

/**
 * Keeps a section loaded while it is on screen: at once, every 15 s while somebody looks, and after each command of this page.
 * @param key Names the question: it is asked anew when this changes, and `load` is read only then.
 */
export function useResource<T>(key: string, load: Load<T>): Resource<T> {
  const resource = useMemo(() => new Resource<T>({ every: refreshEvery, isVisible: () => document.visibilityState === 'visible' }), [])
  useEffect(() => resource.ask(key, load), [key])
  useWaking(resource)
  useEffect(() => {
    let isFirst = true
    const unsubscribe = client.writes.subscribe(() => {
      if (!isFirst) {
        resource.refreshAfterWrite()
      }

      isFirst = false
    })
    return () => {
      unsubscribe()
      resource.dispose()
    }
  }, [])
  return resource
}

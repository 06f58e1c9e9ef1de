import { useEffect, useMemo } from 'preact/hooks'
import { Resource, type ResourceState } from '../api/resource'
import { useWaking } from '../api/useWaking'

export interface Asked<T> extends ResourceState<T> {
  readonly again: () => void
}

/**
 * Asks when the question changes, and when it is told to: unlike a dashboard, what an operator reads does not change under his eyes.
 * @param question Names what is asked; `ask` is read only when this changes.
 */
export function useAsked<T>(question: string, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const resource = useMemo(() => new Resource<T>({ isVisible: () => document.visibilityState === 'visible' }), [])
  useEffect(() => resource.ask(question, async ({ signal }) => ({ value: await ask(signal), freshness: null })), [question])
  useWaking(resource)
  useEffect(() => () => resource.dispose(), [])
  return { ...resource.state.value, again: () => resource.reload() }
}

/** What the question was answered when it was asked last: null until that answer is there, even where an earlier one is. */
export function lastAnswer<T>({ data, error, isLoading }: ResourceState<T>): T | null {
  return isLoading || error !== null ? null : data
}

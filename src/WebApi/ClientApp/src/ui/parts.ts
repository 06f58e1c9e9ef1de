import type { ResourceState } from '../api/resource'

/**
 * What of an answer a section shows: it is partial only where something of that is missing. Where the part is missing without which there is nothing to show, the
 * last whole answer stands in, with its own age.
 * @param parts What it shows, as `failed_operations` names it.
 * @param needs The part without which there is nothing to show.
 */
export function partsOf<T>(state: ResourceState<T>, parts: readonly string[], needs?: string): ResourceState<T> {
  if (state.freshness === null || state.freshness.missing.length === 0) {
    return state
  }

  const missing = state.freshness.missing.filter((name) => parts.includes(name))
  const status = state.status !== 'partial' || missing.length > 0 ? state.status : state.freshness.source === 'origin' ? 'fresh' : 'cached'
  if (state.whole === null || needs === undefined || !missing.includes(needs)) {
    return { ...state, status, freshness: { ...state.freshness, missing } }
  }

  const { value, freshness } = state.whole
  return { ...state, status, data: value, freshness: { ...state.freshness, missing, ageSeconds: freshness.ageSeconds, receivedAt: freshness.receivedAt } }
}

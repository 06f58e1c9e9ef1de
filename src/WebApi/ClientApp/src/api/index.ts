import { base } from '../base'
import { Client } from './client'
import { storageKey } from './session'

/** The service that served this page. */
export const client = new Client({
  base: base.href,
  storage: localStorage,
  // Browsers have no locks where the page came over plain HTTP.
  alone: async (renewal) => ('locks' in navigator ? await navigator.locks.request('neurolab.renew', renewal) : await renewal()),
})

addEventListener('storage', ({ key }) => {
  // Without a key everything was cleared.
  if (key === storageKey || key === null) {
    client.session.follow()
  }
})

export { ApiError, asApiError } from './errors'
export { ageAt, loadedAt, readFreshness, type Freshness } from './freshness'
export { value } from './client'
export type * from './types'

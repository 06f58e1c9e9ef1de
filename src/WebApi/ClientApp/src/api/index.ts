import { Client } from './client'

/** The service that served this page. It may stand below a path: the document's base says so. */
export const client = new Client({ base: new URL('.', document.baseURI).href, storage: sessionStorage })

export { ApiError, asApiError } from './errors'
export { ageAt, loadedAt, readFreshness, type Freshness } from './freshness'
export { value } from './client'
export type * from './types'

import { base } from '../base'
import { Client } from './client'

/** The service that served this page. */
export const client = new Client({ base: base.href, storage: sessionStorage })

export { ApiError, asApiError } from './errors'
export { ageAt, loadedAt, readFreshness, type Freshness } from './freshness'
export { value } from './client'
export type * from './types'

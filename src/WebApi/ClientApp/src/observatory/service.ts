import { client, value, type Schemas } from '../api'
import type { Explanation } from './explain'

export type Entry = Schemas['CacheEntryInfo']

/** Entries that match a pattern; how many do in all, where that is known. */
export type Entries = Schemas['CacheEntriesResponse']

/** Lists the entries whose keys match a glob, at most a number of each tier. */
export async function listEntries(pattern: string, limit: number, signal: AbortSignal): Promise<Entries> {
  return value(await client.signedIn.GET('/api/cache/entries', { params: { query: { pattern, limit } }, signal }))
}

export async function explainEntry(key: string, signal: AbortSignal): Promise<Explanation> {
  return value(await client.signedIn.GET('/api/cache/explain', { params: { query: { key } }, signal }))
}

/** Purges what matches, in every tier and on every node. */
export async function clearEntries(pattern: string): Promise<Schemas['ClearCacheResponse']> {
  const answer = value(await client.signedIn.POST('/api/cache/clear', { body: { pattern } }))
  client.wrote()
  return answer
}

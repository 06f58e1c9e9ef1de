import { plural } from '../ui/format'
import { type Observatory, silentSince } from './model'
import type { StreamState } from './stream'
import { circuitWords, storeWords } from './words'

/** What is worth telling of what went on between two states; empty where nothing is. */
export function announcement(before: Observatory, after: Observatory): string {
  const sentences: string[] = []
  const invalidations = after.invalidationsSeen - before.invalidationsSeen
  if (invalidations > 0) {
    sentences.push(`${plural(invalidations, 'new invalidation')}, the last by ${after.invalidations[0]?.command ?? 'an unknown command'}.`)
  }

  for (const node of after.nodes) {
    const known = before.nodes.find((other) => other.report.id === node.report.id)
    const { name } = node.report
    if (known === undefined) {
      // At first all are new, and who connects sees them.
      if (before.at !== null) {
        sentences.push(`${name} has joined.`)
      }

      continue
    }

    if (silentSince(node, after.at) !== null && silentSince(known, before.at) === null) {
      sentences.push(`${name} is not heard of any more.`)
    }

    for (const [store, was, is] of [
      ['Database', known.report.database, node.report.database],
      ['Redis', known.report.redis, node.report.redis],
    ] as const) {
      if (storeWords(was).text !== storeWords(is).text) {
        sentences.push(`${store} of ${name}: ${storeWords(is).text}.`)
      }
    }
  }

  const changes = after.circuits.filter((change) => change.number > (before.circuits[0]?.number ?? 0)).length
  const last = after.circuits[0]
  if (changes > 0 && last !== undefined) {
    sentences.push(`${plural(changes, 'change')} of breakers, the last of ${last.store}: ${circuitWords[last.to]}.`)
  }

  return sentences.join(' ')
}

/**
 * What to say of the connection; empty where a listener has heard it, such as at each try that fails after the first.
 * @param before How it was before the try under way.
 */
export function connectionNews(before: StreamState['kind'], after: StreamState): string {
  switch (after.kind) {
    case 'connecting':
      return ''
    case 'live':
      return before === 'live' ? '' : 'The stream is live.'
    case 'waiting':
      return before === 'waiting' ? '' : `The stream is not there: it is tried again. ${after.why}`
    case 'ended':
      return `The stream has ended. ${after.why}`
  }
}

import { plural } from '../ui/format'
import { type Observatory, silentSince } from './model'
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

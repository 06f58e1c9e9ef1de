import type { Schemas } from '../api/types'
import type { Tone } from '../ui/Badge'
import { formatSpan, formatTime, plural } from '../ui/format'
import { staleReasons } from '../ui/FreshnessBadge'
import { bytes, milliseconds } from './words'

export type Explanation = Schemas['CacheExplanation']
export type Copy = Schemas['CopyExplanation']

/** A part of an explanation: a heading, how it stands in one word, and sentences. */
export interface Told {
  readonly title: string
  readonly state: string
  readonly tone: Tone
  readonly sentences: readonly string[]
}

/** Tells an explanation to people: first what a read would get, then the copy in each tier, then what the node knows. */
export function tell(explanation: Explanation): readonly Told[] {
  return [
    tellNextRead(explanation.next_read),
    tellCopy("This node's memory", explanation.memory),
    tellCopy('Redis', explanation.redis),
    tellNode(explanation.node),
  ]
}

function tellNextRead(next: Schemas['NextRead']): Told {
  const reason = next.stale_reason == null ? '' : `: ${staleReasons[next.stale_reason]}`
  const [state, tone, first]: [string, Tone, string] = {
    memory: ['memory', 'good', "It is answered from this node's memory."] as [string, Tone, string],
    redis: ['Redis', 'good', 'It is answered from Redis, and kept in memory.'] as [string, Tone, string],
    stale: ['stale copy', 'warn', `It is answered with a copy that is marked as stale${reason}.`] as [string, Tone, string],
    origin: ['database', 'neutral', 'It is loaded from the database.'] as [string, Tone, string],
  }[next.source]
  return {
    title: 'The next read',
    state,
    tone,
    sentences: [
      first,
      ...when(next.if_origin_fails === 'stale', 'If that fails, an older copy is served, marked as stale.'),
      ...when(next.if_origin_fails === 'unavailable', 'If that fails there is nothing to serve, and the answer is 503.'),
      ...when(next.load_under_way, 'This node is loading it just now.'),
      // Elsewhere it says what stands below, of each tier.
      ...when(next.source === 'stale', next.because),
    ],
  }
}

const stateWords: Readonly<Record<Copy['state'], readonly [string, Tone]>> = {
  absent: ['nothing there', 'neutral'],
  fresh: ['fresh', 'good'],
  unverified: ['unverified', 'warn'],
  expired: ['expired', 'warn'],
  invalidated: ['out of date', 'warn'],
  purged: ['purged', 'bad'],
  forgotten: ['unknown', 'bad'],
  over: ['over', 'bad'],
  other_journal: ['of another journal', 'bad'],
  other_shape: ['of another version', 'bad'],
  unusable: ['unusable', 'bad'],
  unavailable: ['unavailable', 'bad'],
  disabled: ['not configured', 'neutral'],
}

function tellCopy(title: string, copy: Copy): Told {
  const [state, tone] = stateWords[copy.state]
  return { title, state, tone, sentences: copySentences(copy) }
}

function copySentences(copy: Copy): string[] {
  return [
    copy.because,
    ...overtaken(copy.overtaken_by),
    ...loaded(copy),
    ...life(copy),
    ...served(copy),
    ...listed('It carries the tag', 'It carries the tags', copy.tags),
    ...listed('It lacks the section', 'It lacks the sections', copy.failed_operations),
    ...renewal(copy.failed_load),
    ...(copy.partial == null ? [] : ['Beside it lies a newer value that lacks a section.', ...copySentences(copy.partial)]),
  ]
}

function overtaken(write: Schemas['OvertakingWrite'] | null | undefined): string[] {
  if (write == null) {
    return []
  }

  const did = write.is_purge ? 'purged' : 'made out of date'
  return [`That was at ${formatTime(write.at)}: it ${did} what the ${write.target} ${write.text} names (position ${write.position} of the journal).`]
}

function loaded(copy: Copy): string[] {
  if (copy.age_seconds == null) {
    return []
  }

  const at = copy.cached_at == null ? '' : `, at ${formatTime(copy.cached_at)}`
  const what = [copy.type, copy.size_bytes == null ? null : bytes(copy.size_bytes)].filter((part) => part != null).join(', ')
  return [`It was loaded ${formatSpan(copy.age_seconds)} ago${at}${what === '' ? '' : ` (${what})`}.`]
}

function life(copy: Copy): string[] {
  const { ttl_seconds: ttl, stale_ttl_seconds: stale, memory_ttl_seconds: memory } = copy
  return [
    ...(ttl == null ? [] : [ttl > 0 ? `Its time to live ends in ${formatSpan(ttl)}.` : `Its time to live ended ${formatSpan(-ttl)} ago.`]),
    ...(memory == null || ttl == null || memory >= ttl ? [] : [memory > 0 ? `Memory asks Redis again in ${formatSpan(memory)}.` : 'Memory asks Redis again with the next read.']),
    ...(stale == null
      ? []
      : [stale > 0 ? `It is kept as a last resort for ${formatSpan(stale)} more.` : `The time for which it could be served stale ended ${formatSpan(-stale)} ago.`]),
  ]
}

function served(copy: Copy): string[] {
  return copy.hits == null ? [] : [copy.hits === 0 ? 'This node has not answered from it yet.' : `This node has answered from it ${plural(copy.hits, 'time')}.`]
}

function renewal(failed: Copy['failed_load']): string[] {
  return failed == null ? [] : [`Its last renewal failed: ${staleReasons[failed.reason]}. The next is tried in ${formatSpan(failed.retry_in_seconds)}.`]
}

function listed(one: string, many: string, names: readonly string[] | null | undefined): string[] {
  return names == null || names.length === 0 ? [] : [`${names.length === 1 ? one : many} ${names.join(', ')}.`]
}

function tellNode(node: Schemas['NodeKnowledge']): Told {
  const ago = node.verified_seconds_ago
  const read = ago == null ? 'It has not read the journal yet' : `It read the journal ${ago < 1 ? milliseconds(ago * 1_000) : formatSpan(ago)} ago`
  return {
    title: 'What this node knows',
    state: node.verified ? 'verified' : 'not verified',
    tone: node.verified ? 'good' : 'bad',
    sentences: [
      `${read}, and knows it up to position ${node.position}.`,
      node.verified ? 'That is recent enough to call copies fresh.' : 'That is not recent enough to call copies fresh: they are marked as stale.',
      ...when(node.pending_records > 0, `${plural(node.pending_records, 'record')} of transactions that are still open ${node.pending_records === 1 ? 'is' : 'are'} held back.`),
    ],
  }
}

function when(holds: boolean, sentence: string): string[] {
  return holds ? [sentence] : []
}

/** How many entries match a pattern, as far as that is known. A key that lies in both tiers counts in each. */
export function matchingWords(shown: number, total: number | null): string {
  if (shown === 0) {
    return 'Nothing matches.'
  }

  return total === null
    ? `${plural(shown, 'entry that matches', 'entries that match')} shown; there may be more.`
    : `${plural(total, 'entry matches', 'entries match')}${total > shown ? `; ${plural(shown, 'is', 'are')} shown` : ''}.`
}

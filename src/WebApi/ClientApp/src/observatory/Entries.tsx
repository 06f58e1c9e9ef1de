import { useState } from 'preact/hooks'
import { Button } from '../ui/Button'
import { Card } from '../ui/Card'
import { Field } from '../ui/Field'
import { formatCount, formatSpan } from '../ui/format'
import { announce } from '../ui/live'
import { EmptyState, ErrorState } from '../ui/States'
import { type Column, Table } from '../ui/Table'
import { Clear } from './Clear'
import { Explain } from './Explain'
import { matchingWords } from './explain'
import { type Entry, listEntries } from './service'
import { useAsked } from './useAsked'
import { bytes } from './words'

/** The longest pattern that the service takes. */
const longestPattern = 2_048

const patternHint = 'In a pattern * is any text, ? one character, [ab] one of several. A whole key can be explained, cached or not.'

const limits = [25, 50, 100]

/** What is cached, by key: listed, explained, and cleared by pattern. */
export function Entries() {
  const [pattern, setPattern] = useState('*')
  const [limit, setLimit] = useState(limits[0]!)
  const [asked, setAsked] = useState({ pattern: '*', limit: limits[0]! })
  const [explained, setExplained] = useState<string | null>(null)
  const [clearing, setClearing] = useState<string | null>(null)
  const listed = useAsked(`entries ${asked.limit} ${asked.pattern}`, async (signal) => {
    const found = await listEntries(asked.pattern, asked.limit, signal)
    announce(matchingWords(found.entries.length, found.total_matching))
    return found
  })
  const isSame = pattern === asked.pattern && limit === asked.limit
  return (
    <Card title="Entries" subtitle="What lies in this node's memory and in Redis, without the values." class="obs-entries" isBusy={listed.isLoading}>
      <form
        class="obs-toolbar"
        onSubmit={(event) => {
          event.preventDefault()
          if (isSame) {
            listed.again()
          } else {
            setAsked({ pattern, limit })
          }
        }}
      >
        <Field label="Pattern over keys" isRequired hint={patternHint} error={listed.error?.fields['pattern']}>
          {(control) => (
            <input
              {...control}
              type="text"
              value={pattern}
              maxLength={longestPattern}
              onInput={(event) => setPattern(event.currentTarget.value)}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
            />
          )}
        </Field>
        <Field label="At most, of each tier">
          {(control) => (
            <select {...control} value={limit} onChange={(event) => setLimit(Number(event.currentTarget.value))}>
              {limits.map((number) => (
                <option key={number} value={number}>
                  {number}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div class="obs-actions">
          <Button type="submit" isBusy={listed.isLoading}>
            List
          </Button>
          <Button disabled={pattern === '' || /[*?[]/.test(pattern)} onClick={() => setExplained(pattern)}>
            Explain key
          </Button>
          <Button variant="danger" disabled={pattern === ''} onClick={() => setClearing(pattern)}>
            Clear by pattern…
          </Button>
        </div>
      </form>
      {listed.error !== null && (
        <ErrorState error={listed.error} nextTryAt={listed.nextTryAt} heldUntil={listed.heldUntil} isLoading={listed.isLoading} onRetry={listed.again} what="entries" />
      )}
      {listed.data !== null && !listed.isPrevious && (
        <>
          <p class="obs-found">
            <code>{asked.pattern}</code>: {matchingWords(listed.data.entries.length, listed.data.total_matching)}
          </p>
          {listed.data.entries.length === 0 ? (
            <EmptyState title="No entry matches">What is read from the dashboard is cached, and appears here.</EmptyState>
          ) : (
            <Table caption={`Entries that match ${asked.pattern}`} columns={columnsWith(setExplained)} rows={listed.data.entries} keyOf={(entry) => `${entry.tier} ${entry.key}`} />
          )}
        </>
      )}
      {explained !== null && <Explain entry={explained} onClose={() => setExplained(null)} />}
      {clearing !== null && (
        <Clear
          pattern={clearing}
          onClose={() => setClearing(null)}
          onCleared={() => {
            setClearing(null)
            listed.again()
          }}
        />
      )}
    </Card>
  )
}

function columnsWith(onExplain: (key: string) => void): readonly Column<Entry>[] {
  return [
    { header: 'Key', isHeader: true, cell: (entry) => <code>{entry.key}</code> },
    { header: 'Tier', cell: (entry) => entry.tier },
    { header: 'Age', isNumber: true, cell: (entry) => formatSpan(entry.age_seconds) },
    { header: 'Fresh for', isNumber: true, cell: (entry) => (entry.ttl_seconds > 0 ? formatSpan(entry.ttl_seconds) : `over for ${formatSpan(-entry.ttl_seconds)}`) },
    { header: 'Size', isNumber: true, cell: (entry) => bytes(entry.size_bytes) },
    { header: 'Hits', isNumber: true, cell: (entry) => (entry.hits == null ? '–' : formatCount(entry.hits)) },
    {
      header: <span class="hidden">Explanation</span>,
      cell: (entry) => (
        <Button isSmall aria-label={`Explain ${entry.key} in ${entry.tier}`} onClick={() => onExplain(entry.key)}>
          Explain
        </Button>
      ),
    },
  ]
}

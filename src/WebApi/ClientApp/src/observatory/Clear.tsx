import { FormError } from '../app/FormError'
import { useSubmit } from '../app/useSubmit'
import { Badge } from '../ui/Badge'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { ErrorState } from '../ui/States'
import { clear } from './clearing'
import { matchingWords } from './explain'
import { type Entries, listEntries } from './service'
import { lastAnswer, useAsked } from './useAsked'

/** So many of what matches are named before it is purged. */
const namedAtMost = 50

interface ClearProps {
  readonly pattern: string
  readonly onClose: () => void
  readonly onCleared: () => void
}

/** Purges what matches a pattern: first it shows what that is, then it asks. */
export function Clear({ pattern, onClose, onCleared }: ClearProps) {
  const preview = useAsked(`preview ${pattern}`, (signal) => listEntries(pattern, namedAtMost, signal))
  const submission = useSubmit((isGone) => clear(pattern, isGone, onCleared))

  // What was found when this was last asked may be another thing than what is there now.
  const found = lastAnswer(preview)
  return (
    <Dialog title="Clear by pattern" onClose={onClose}>
      <p>
        What matches <code>{pattern}</code> is purged in every tier and on every node, and is not served as a stale copy either. The next read loads it.
      </p>
      {found !== null ? (
        <Preview found={found} />
      ) : preview.error !== null ? (
        <ErrorState error={preview.error} nextTryAt={preview.nextTryAt} heldUntil={preview.heldUntil} isLoading={preview.isLoading} onRetry={preview.again} what="preview" />
      ) : (
        <p role="status">Looking up what matches…</p>
      )}
      <form onSubmit={submission.submit}>
        <FormError submission={submission} fieldNames={[]} />
        <div class="obs-actions">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" variant="danger" isBusy={submission.isBusy} isHeld={submission.wait > 0} disabled={found === null}>
            {submission.wait > 0 ? `Clear now (in ${submission.wait} s)` : 'Clear now'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Preview({ found }: { readonly found: Entries }) {
  return (
    <>
      <p role="status">
        <strong>{matchingWords(found.entries.length, found.total_matching)}</strong>
      </p>
      <p class="small muted">That is in the memory of the node that answered, and in Redis. What other nodes hold in memory is purged too.</p>
      {found.entries.length > 0 && (
        <div class="obs-scroll obs-preview" role="region" aria-label="Entries that match" tabIndex={0}>
          <ul>
            {found.entries.map((entry) => (
              <li key={`${entry.tier} ${entry.key}`}>
                <Badge>{entry.tier}</Badge> <code>{entry.key}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

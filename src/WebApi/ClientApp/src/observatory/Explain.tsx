import { Badge } from '../ui/Badge'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { formatTime } from '../ui/format'
import { ErrorState } from '../ui/States'
import { tell } from './explain'
import { explainEntry } from './service'
import { useAsked } from './useAsked'

interface ExplainProps {
  /** Its key. */
  readonly entry: string
  readonly onClose: () => void
}

/** What a cached answer is in each tier and why, told in sentences. */
export function Explain({ entry, onClose }: ExplainProps) {
  const asked = useAsked(`explain ${entry}`, (signal) => explainEntry(entry, signal))
  const { data, error, isLoading } = asked
  return (
    <Dialog title="Why it is as it is" onClose={onClose}>
      <p>
        <code>{entry}</code>
      </p>
      {error !== null && <ErrorState error={error} nextTryAt={asked.nextTryAt} heldUntil={asked.heldUntil} isLoading={isLoading} onRetry={asked.again} what="explanation" />}
      {data === null && error === null && <p role="status">Looking it up…</p>}
      {data !== null && (
        <>
          {tell(data).map((part) => (
            <section key={part.title} class="obs-told">
              <h3>
                {part.title} <Badge tone={part.tone}>{part.state}</Badge>
              </h3>
              <ul>
                {part.sentences.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </section>
          ))}
          <div class="obs-actions">
            <p class="small muted" role="status">
              Looked up at {formatTime(data.at)}, on the node that answered.
            </p>
            <Button isBusy={isLoading} onClick={asked.again}>
              Look again
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}

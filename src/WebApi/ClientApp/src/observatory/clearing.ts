import { toast } from '../ui/live'
import { clearEntries } from './service'

/**
 * Purges what matches a pattern and says what came of it.
 * @param isGone Whether the dialog that asked for it was closed meanwhile: whoever closed it may be at something else, and is left there.
 */
export async function clear(pattern: string, isGone: () => boolean, onCleared: () => void): Promise<void> {
  const { message } = await clearEntries(pattern)
  toast(`${message} The pattern was ${pattern}.`)
  if (!isGone()) {
    onCleared()
  }
}

import { plural } from '../ui'
import type { Submission } from './useSubmit'

/** Why a form could not be sent, where that is no matter of one field. */
export function FormError({ submission, fieldNames }: { readonly submission: Submission; readonly fieldNames: readonly string[] }) {
  const { error, wait } = submission
  const others = Object.entries(submission.fields).filter(([name]) => !fieldNames.includes(name))
  const isOfFields = error !== null && Object.keys(error.fields).length > 0 && others.length === 0
  return (
    <div role="alert">
      {error !== null && !isOfFields && (
        <div class="notice tone-bad">
          <div class="notice-text">
            <p>
              <strong>{error.title}.</strong> {error.detail}
            </p>
            {others.map(([name, texts]) => (
              <p key={name}>
                {name}: {texts.join(' ')}
              </p>
            ))}
            {wait > 0 && <p aria-hidden="true">You can try again in {plural(wait, 'second')}.</p>}
          </div>
        </div>
      )}
    </div>
  )
}

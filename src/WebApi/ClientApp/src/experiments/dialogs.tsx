import { useState } from 'preact/hooks'
import type { Experiment } from '../api'
import { deleteExperiment, renameExperiment } from '../api/queries'
import { FormError } from '../app/FormError'
import { useSubmit } from '../app/useSubmit'
import { Button, Dialog, Field, toast } from '../ui'
import { mostNameLength } from './parameters'

export interface ExperimentDialogProps {
  readonly experiment: Experiment
  readonly onClose: () => void
}

/** Gives an experiment another name. */
export function RenameDialog({ experiment, onClose, onDone }: ExperimentDialogProps & { readonly onDone: (renamed: Experiment) => void }) {
  const [name, setName] = useState(experiment.name)
  const submission = useSubmit(
    async (isGone) => {
      const renamed = await renameExperiment(experiment.id, name.trim())
      toast('Renamed')
      if (!isGone()) {
        onClose()
        onDone(renamed)
      }
    },
    () => (name.trim() === '' ? { name: 'Enter a name.' } : name.trim().length > mostNameLength ? { name: `At most ${mostNameLength} characters.` } : {}),
  )
  return (
    <Dialog title="Rename the experiment" onClose={onClose}>
      <form class="form" noValidate onSubmit={submission.submit}>
        <FormError submission={submission} fieldNames={['name']} />
        <Field label="Name" hint={`1 to ${mostNameLength} characters.`} error={submission.fields['name']} isRequired>
          {(attributes) => <input {...attributes} name="name" autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <div class="form-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={submission.isBusy} isHeld={submission.wait > 0}>
            {submission.wait > 0 ? `Rename (in ${submission.wait} s)` : 'Rename'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Deletes an experiment, once that is confirmed; done before all that is shown is loaded anew. */
export function DeleteDialog({ experiment, onClose, onDone }: ExperimentDialogProps & { readonly onDone: () => void }) {
  const submission = useSubmit(async (isGone) => {
    await deleteExperiment(experiment.id, () => {
      if (!isGone()) {
        onClose()
        onDone()
      }
    })
    toast(`${experiment.name} is deleted`)
  })
  return (
    <Dialog title="Delete the experiment?" onClose={onClose}>
      <form class="form" onSubmit={submission.submit}>
        <FormError submission={submission} fieldNames={[]} />
        <p>
          <strong>{experiment.name}</strong> and its results are deleted for good.
        </p>
        <div class="form-end">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" variant="danger" isBusy={submission.isBusy} isHeld={submission.wait > 0}>
            {submission.wait > 0 ? `Delete (in ${submission.wait} s)` : 'Delete'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

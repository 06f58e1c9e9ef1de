import { useState } from 'preact/hooks'
import type { ExperimentType } from '../api'
import { createExperiment } from '../api/queries'
import { FormError } from '../app/FormError'
import { navigate } from '../app/router'
import { useSubmit } from '../app/useSubmit'
import { announce, Button, Dialog, Field, toast } from '../ui'
import { experimentTypes, typeNames, type ParameterRule } from './catalogue'
import { bodyOf, checkDraft, emptyDraft, fieldOf, hintOf, mostNameLength } from './parameters'

export interface RunDialogProps {
  readonly onClose: () => void
}

/** Runs an experiment and goes to its results. */
export function RunDialog({ onClose }: RunDialogProps) {
  const [draft, setDraft] = useState(() => emptyDraft('heart_rate'))
  const note = experimentTypes[draft.type]
  const submission = useSubmit(
    async (isGone) => {
      const { experiment } = await createExperiment(bodyOf(draft))
      const result = `${experiment.name}: ${experiment.status}`
      if (isGone()) {
        toast(result)
        return
      }

      onClose()
      navigate(`/experiments/${experiment.id}`)
      announce(result)
    },
    () => checkDraft(draft),
  )
  const setParameter = (rule: ParameterRule, text: string) => setDraft({ ...draft, parameters: { ...draft.parameters, [rule.name]: text } })
  return (
    <Dialog title="Run an experiment" onClose={onClose}>
      <form class="form" noValidate onSubmit={submission.submit}>
        <FormError submission={submission} fieldNames={['name', 'experiment_type', ...note.parameters.map(fieldOf)]} />
        <Field label="Name" hint={`1 to ${mostNameLength} characters.`} error={submission.fields['name']} isRequired>
          {(attributes) => <input {...attributes} name="name" autocomplete="off" value={draft.name} onInput={(event) => setDraft({ ...draft, name: event.currentTarget.value })} />}
        </Field>
        <Field label="Type" hint={note.about} error={submission.fields['experiment_type']}>
          {(attributes) => (
            <select {...attributes} name="experiment_type" value={draft.type} onChange={(event) => setDraft(emptyDraft(event.currentTarget.value as ExperimentType, draft.name))}>
              {typeNames.map((type) => (
                <option key={type} value={type}>
                  {experimentTypes[type].label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div class="form-columns">
          {note.parameters.map((rule) => (
            <Field
              key={`${draft.type}.${rule.name}`}
              label={rule.kind === 'number' && rule.unit !== '' ? `${rule.label} (${rule.unit})` : rule.label}
              hint={hintOf(rule)}
              error={submission.fields[fieldOf(rule)]}
            >
              {(attributes) =>
                rule.kind === 'number' ? (
                  <input
                    {...attributes}
                    name={rule.name}
                    type="number"
                    inputMode="numeric"
                    step={1}
                    min={rule.least}
                    max={rule.most}
                    value={draft.parameters[rule.name] ?? ''}
                    onInput={(event) => setParameter(rule, event.currentTarget.value)}
                  />
                ) : (
                  <select {...attributes} name={rule.name} value={draft.parameters[rule.name] ?? ''} onChange={(event) => setParameter(rule, event.currentTarget.value)}>
                    {rule.words.map((word) => (
                      <option key={word} value={word}>
                        {word}
                      </option>
                    ))}
                  </select>
                )
              }
            </Field>
          ))}
        </div>
        <div class="form-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={submission.isBusy} isHeld={submission.wait > 0}>
            {submission.isBusy ? 'Running…' : submission.wait > 0 ? `Run (in ${submission.wait} s)` : 'Run experiment'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

import type { CreateExperiment, ExperimentType } from '../api'
import { experimentTypes, type ParameterName, type ParameterRule } from './catalogue'

export const mostNameLength = 200

/** What was typed into the form, as text. */
export interface Draft {
  readonly name: string
  readonly type: ExperimentType
  readonly parameters: Readonly<Partial<Record<ParameterName, string>>>
}

/** A form as it is first shown. */
export function emptyDraft(type: ExperimentType, name = ''): Draft {
  return { name, type, parameters: Object.fromEntries(experimentTypes[type].parameters.map((rule) => [rule.name, defaultOf(rule)])) }
}

/** The bounds of a parameter, to be read before they are broken. */
export function hintOf(rule: ParameterRule): string {
  return rule.kind === 'word' ? `Otherwise ${rule.words.slice(1).join(' or ')}.` : `${rule.least} to ${rule.most}${rule.unit === '' ? '' : ` ${rule.unit}`}.`
}

/** What is wrong with a form, by the names that the service uses for its fields. */
export function checkDraft(draft: Draft): Readonly<Record<string, string>> {
  const wrong: Record<string, string> = {}
  const name = draft.name.trim()
  if (name === '') {
    wrong['name'] = 'Enter a name.'
  } else if (name.length > mostNameLength) {
    wrong['name'] = `At most ${mostNameLength} characters; these are ${name.length}.`
  }

  for (const rule of experimentTypes[draft.type].parameters) {
    const problem = checkParameter(rule, draft.parameters[rule.name] ?? '')
    if (problem !== null) {
      wrong[fieldOf(rule)] = problem
    }
  }

  return wrong
}

/** What is wrong with the value of a parameter; null: nothing. */
export function checkParameter(rule: ParameterRule, text: string): string | null {
  if (rule.kind === 'word') {
    return rule.words.includes(text) ? null : `Choose ${rule.words.join(' or ')}.`
  }

  const number = Number(text)
  return /^[+-]?\d+$/.test(text.trim()) && number >= rule.least && number <= rule.most ? null : `A whole number from ${rule.least} to ${rule.most}.`
}

/** The body that a form without faults is sent as. */
export function bodyOf(draft: Draft): CreateExperiment {
  const parameters = experimentTypes[draft.type].parameters.map((rule) => {
    const text = draft.parameters[rule.name] ?? defaultOf(rule)
    return [rule.name, rule.kind === 'number' ? Number(text) : text] as const
  })
  return { name: draft.name.trim(), experiment_type: draft.type, parameters: Object.fromEntries(parameters) as CreateExperiment['parameters'] & object }
}

/** The name under which the service reports what is wrong with a parameter. */
export function fieldOf(rule: ParameterRule): string {
  return `parameters.${rule.name}`
}

function defaultOf(rule: ParameterRule): string {
  return rule.kind === 'number' ? String(rule.byDefault) : rule.words[0]!
}

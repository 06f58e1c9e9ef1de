import { describe, expect, it } from 'vitest'
import { experimentTypes, typeNames } from './catalogue'
import { bodyOf, checkDraft, checkParameter, emptyDraft, hintOf } from './parameters'

const duration = experimentTypes.heart_rate.parameters[0]!
const test = experimentTypes.memory.parameters[1]!

describe('parameters', () => {
  it.each(typeNames)('emptyDraft_WhenItHasAName_IsWithoutFault (%s)', (type) => {
    expect(checkDraft(emptyDraft(type, 'x'))).toEqual({})
  })

  it.each([
    ['1', true],
    ['60', true],
    [' 5 ', true],
    ['0', false],
    ['61', false],
    ['', false],
    ['2.5', false],
    ['1e1', false],
    ['-3', false],
    ['five', false],
  ])('checkParameter_WhenTheNumberIs_%s_IsRight_%s', (text, isRight) => {
    expect(checkParameter(duration, text)).toBe(isRight ? null : 'A whole number from 1 to 60.')
  })

  it('checkParameter_WhenTheWordIsNone_SaysWhichThereAre', () => {
    expect(checkParameter(test, 'verbal')).toBeNull()
    expect(checkParameter(test, 'smell')).toBe('Choose visual or verbal or spatial.')
  })

  it('checkDraft_WhenSeveralAreWrong_NamesEachByItsField', () => {
    expect(Object.keys(checkDraft({ name: ' ', type: 'eeg', parameters: { duration_minutes: '31', sampling_rate: '127' } }))).toEqual([
      'name',
      'parameters.duration_minutes',
      'parameters.sampling_rate',
    ])
  })

  it('checkDraft_WhenTheNameIsTooLongAfterTrimming_SaysSo', () => {
    expect(checkDraft(emptyDraft('eeg', ` ${'x'.repeat(200)} `))).toEqual({})
    expect(checkDraft(emptyDraft('eeg', 'x'.repeat(201)))).toEqual({ name: 'At most 200 characters; these are 201.' })
  })

  it('bodyOf_WhenTheFormIsRight_HasNumbersAndWords', () => {
    expect(bodyOf({ name: ' Words ', type: 'memory', parameters: { items_count: '12', test_type: 'spatial' } })).toEqual({
      name: 'Words',
      experiment_type: 'memory',
      parameters: { items_count: 12, test_type: 'spatial' },
    })
  })

  it('hintOf_WhenAsked_NamesTheBounds', () => {
    expect(hintOf(duration)).toBe('1 to 60 min.')
    expect(hintOf(test)).toBe('Otherwise verbal or spatial.')
  })
})

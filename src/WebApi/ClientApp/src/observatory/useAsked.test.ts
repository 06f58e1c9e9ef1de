import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../api/errors'
import { forgetAnswers, type Loaded, Resource } from '../api/resource'
import { gate, settled } from '../api/testing'
import { lastAnswer } from './useAsked'

describe('lastAnswer', () => {
  beforeEach(forgetAnswers)

  const asked = (): { resource: Resource<string>; answer: ReturnType<typeof gate<Loaded<string>>> } => {
    const resource = new Resource<string>({ later: () => () => undefined })
    const answer = gate<Loaded<string>>()
    resource.ask('preview *', () => answer.promise)
    return { resource, answer }
  }

  it('lastAnswer_WhenTheQuestionWasAnsweredBefore_WaitsForTheNewAnswer', async () => {
    const before = asked()
    expect(lastAnswer(before.resource.state.value)).toBeNull()
    before.answer.open({ value: 'old', freshness: null })
    await settled()
    expect(lastAnswer(before.resource.state.value)).toBe('old')

    const anew = asked()
    expect(anew.resource.state.value.data).toBe('old')
    expect(lastAnswer(anew.resource.state.value)).toBeNull()
    anew.answer.open({ value: 'new', freshness: null })
    await settled()
    expect(lastAnswer(anew.resource.state.value)).toBe('new')
  })

  it('lastAnswer_WhenItIsAskedAnewAndFails_IsNotTheEarlierOne', async () => {
    asked().answer.open({ value: 'old', freshness: null })
    await settled()
    const anew = asked()
    anew.answer.fail(ApiError.unreachable())
    await settled()
    expect(anew.resource.state.value.data).toBe('old')
    expect(lastAnswer(anew.resource.state.value)).toBeNull()
  })
})

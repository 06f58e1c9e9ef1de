import { describe, expect, it } from 'vitest'
import type { Freshness } from '../api/freshness'
import type { ResourceState } from '../api/resource'
import { partsOf } from './parts'

const whole: Freshness = { source: 'origin', ageSeconds: 3, receivedAt: 1_000, isStale: false, staleSince: 1_000, staleReason: null, isInvalidated: false, missing: [] }
const partial: Freshness = { ...whole, ageSeconds: 0, receivedAt: 16_000, missing: ['trends'] }
const state: ResourceState<string> = {
  status: 'partial',
  data: 'without trends',
  freshness: partial,
  whole: { value: 'whole', freshness: whole },
  error: null,
  isLoading: false,
  isForced: false,
  isPrevious: false,
  nextTryAt: null,
  heldUntil: null,
}

describe('partsOf', () => {
  it('partsOf_WhenWhatIsNeededIsMissing_ShowsTheLastWholeAnswerWithItsAge', () => {
    expect(partsOf(state, ['trends'], 'trends')).toMatchObject({ status: 'partial', data: 'whole', freshness: { ageSeconds: 3, receivedAt: 1_000, missing: ['trends'] } })
  })

  it('partsOf_WhenThereIsNoWholeAnswer_ShowsWhatCame', () => {
    expect(partsOf({ ...state, whole: null }, ['trends'], 'trends')).toMatchObject({ status: 'partial', data: 'without trends', freshness: partial })
  })

  it('partsOf_WhenItCanBeShownWithoutWhatIsMissing_ShowsWhatCame', () => {
    expect(partsOf(state, ['trends'])).toMatchObject({ status: 'partial', data: 'without trends' })
  })

  it('partsOf_WhenWhatIsMissingIsShownElsewhere_IsNotPartial', () => {
    expect(partsOf(state, ['other'], 'other')).toMatchObject({ status: 'fresh', data: 'without trends', freshness: { missing: [] } })
  })
})

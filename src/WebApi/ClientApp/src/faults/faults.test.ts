import { describe, expect, it } from 'vitest'
import { ApiError } from '../api/errors'
import { type Faults, readFaults, refusalOf, stepOf, switched, whileStopped } from './faults'

const running: Faults = { database: 'running', redis: 'running' }
const stopped: Faults = { database: 'stopped', redis: 'running' }

describe('readFaults', () => {
  it('readFaults_WhenTheFormIsThePromisedOne_ReadsIt', () => {
    expect(readFaults({ database: 'stopped', redis: 'absent', more: 1 })).toEqual({ database: 'stopped', redis: 'absent' })
  })

  it.each([[null], ['running'], [{}], [{ database: 'running' }], [{ database: 'running', redis: 'gone' }]])('readFaults_WhenItIsNot_SaysSo %j', (answer) => {
    expect(readFaults(answer)).toBeNull()
  })
})

describe('stepOf', () => {
  it('stepOf_WhenNothingWasStopped_IsTheFirst', () => {
    expect(stepOf({ faults: running, healed: null })).toBe('stop')
  })

  it('stepOf_WhenAStoreIsStoppedAndStarted_GoesOn', () => {
    const watching = switched({ faults: running, healed: null }, stopped)
    expect(stepOf(watching)).toBe('watch')
    const healing = switched(watching, running)
    expect(healing.healed).toBe('database')
    expect(stepOf(healing)).toBe('heal')
    expect(stepOf(switched(healing, { ...running, redis: 'stopped' }))).toBe('watch')
  })

  it('stepOf_WhenOneOfTwoRunsAgain_StaysWithTheOther', () => {
    const both = switched({ faults: running, healed: null }, { database: 'stopped', redis: 'stopped' })
    expect(stepOf(switched(both, stopped))).toBe('watch')
  })
})

describe('refusalOf', () => {
  it.each([
    [7, 12_000],
    [null, 0],
  ])('refusalOf_WhenRetryAfterIs %s_HoldsTheSwitchesUntil %d', (retryAfter, heldUntil) => {
    expect(refusalOf(new ApiError({ status: 429, title: 'No', detail: 'Too often.', retryAfter }), 5_000)).toEqual({ why: 'Too often.', heldUntil })
  })
})

describe('whileStopped', () => {
  it('whileStopped_WhenOnlyRedisIs_PromisesThatNothingChanges', () => {
    expect(whileStopped({ ...running, redis: 'stopped' }).join(' ')).toContain('Nothing changes for who asks')
    expect(whileStopped(stopped).join(' ')).toContain('unverified')
    expect(whileStopped({ database: 'stopped', redis: 'stopped' }).join(' ')).not.toContain('Nothing changes')
    expect(whileStopped(running)).toEqual([])
  })
})

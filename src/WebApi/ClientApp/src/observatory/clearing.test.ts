import { beforeEach, describe, expect, it, vi } from 'vitest'
import { gate } from '../api/testing'
import type { Schemas } from '../api/types'
import { toast } from '../ui/live'
import { clear } from './clearing'
import { clearEntries } from './service'

vi.mock('./service', () => ({ clearEntries: vi.fn() }))
vi.mock('../ui/live', () => ({ toast: vi.fn() }))

describe('clear', () => {
  beforeEach(() => void vi.clearAllMocks())

  it.each([
    [false, 1],
    [true, 0],
  ])('clear_WhenTheDialogIsClosedMeanwhile %s_SaysWhatCameOfItAndGoesOnOnlyWhereItIsOpen', async (closes, went) => {
    const answer = gate<Schemas['ClearCacheResponse']>()
    vi.mocked(clearEntries).mockReturnValue(answer.promise)
    let isGone = false
    const onCleared = vi.fn()
    const clearing = clear('dashboard:*', () => isGone, onCleared)
    isGone = closes
    answer.open({ message: 'Cleared.', timestamp: '2026-03-14T09:28:20Z' })
    await clearing
    expect(toast).toHaveBeenCalledWith('Cleared. The pattern was dashboard:*.')
    expect(onCleared).toHaveBeenCalledTimes(went)
  })
})

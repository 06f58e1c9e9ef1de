import { describe, expect, it, vi } from 'vitest'
import { ApiError } from './errors'
import { Session } from './session'
import { gate, memoryStorage, tokens } from './testing'
import type { SignIn } from './types'

function build(exchange: (token: string) => Promise<SignIn> = async () => tokens(2)) {
  const clock = { now: 1_000_000 }
  const storage = memoryStorage()
  const spy = vi.fn(exchange)
  return { clock, storage, exchange: spy, session: new Session({ storage, exchange: spy, now: () => clock.now }) }
}

const problem = (status: number) => new ApiError({ status, title: 'No', detail: 'No.' })

describe('Session', () => {
  it('token_WhenNobodyIsSignedIn_IsNull', async () => {
    expect(await build().session.token()).toBeNull()
  })

  it('token_WhenItLivesOn_IsSentAsItIs', async () => {
    const { session, exchange, clock } = build()
    session.begin(tokens(1))
    clock.now += 3_539_000
    expect(await session.token()).toBe('access-1')
    expect(exchange).not.toHaveBeenCalled()
  })

  it('token_WhenItIsAboutToEnd_IsRenewedOnceForAllWhoAsk', async () => {
    const renewal = gate<SignIn>()
    const { session, exchange, clock } = build(() => renewal.promise)
    session.begin(tokens(1))
    clock.now += 3_541_000
    const asked = [session.token(), session.token(), session.renew('access-1')]
    renewal.open(tokens(2))
    expect(await Promise.all(asked)).toEqual(['access-2', 'access-2', 'access-2'])
    expect(exchange).toHaveBeenCalledExactlyOnceWith('refresh-1')
  })

  it('renew_WhenTheTokenWasRenewedMeanwhile_GivesTheNewOneWithoutAsking', async () => {
    const { session, exchange } = build()
    session.begin(tokens(1))
    await session.renew('access-1')
    expect(await session.renew('access-1')).toBe('access-2')
    expect(exchange).toHaveBeenCalledOnce()
  })

  it.each([400, 401])('renew_WhenTheRefreshTokenIsWorthNothing_EndsTheSession (%i)', async (status) => {
    const { session, storage } = build(() => Promise.reject(problem(status)))
    session.begin(tokens(1))
    expect(await session.renew('access-1')).toBeNull()
    expect(session.isSignedIn.value).toBe(false)
    expect(session.end.value).toBe('expired')
    expect(storage.kept.size).toBe(0)
  })

  it.each([0, 409, 429, 503])('token_WhenRenewingFailsForTheTimeBeing_IsTheOldOneWhileItLives (%i)', async (status) => {
    const { session, exchange, clock } = build(() => Promise.reject(problem(status)))
    session.begin(tokens(1))
    clock.now += 3_550_000
    expect(await session.token()).toBe('access-1')
    expect(await session.token()).toBe('access-1')
    expect(exchange).toHaveBeenCalledOnce()

    clock.now += 51_000
    await expect(session.token()).rejects.toMatchObject({ status })
    expect(session.isSignedIn.value).toBe(true)
  })

  it('renew_WhenTheUserSignedOutMeanwhile_DoesNotSignHimInAgain', async () => {
    const renewal = gate<SignIn>()
    const { session } = build(() => renewal.promise)
    session.begin(tokens(1))
    const asked = session.renew('access-1')
    session.finish('signed_out')
    renewal.open(tokens(2))
    expect(await asked).toBeNull()
    expect(session.isSignedIn.value).toBe(false)
    expect(session.end.value).toBe('signed_out')
  })

  it('renew_WhenAnotherTabRenewedFirst_TakesItsTokensAndSpendsNone', async () => {
    const { session, storage, exchange } = build()
    session.begin(tokens(1))
    const count = session.count.value
    const other = new Session({ storage, exchange: async () => tokens(5) })
    await other.renew('access-1')
    expect(await session.renew('access-1')).toBe('access-5')
    expect(exchange).not.toHaveBeenCalled()
    expect(session.count.value).toBe(count)
  })

  it('renew_WhenAnotherTabWasFirstMeanwhile_GoesOnWithItsTokens', async () => {
    const renewal = gate<SignIn>()
    const { session, storage } = build(() => renewal.promise)
    session.begin(tokens(1))
    const asked = session.renew('access-1')
    await new Session({ storage, exchange: async () => tokens(5) }).renew('access-1')
    renewal.fail(problem(401))
    expect(await asked).toBe('access-5')
    expect(session.isSignedIn.value).toBe(true)
  })

  it('renew_WhenAnotherTabRenews_WaitsForItsTurn', async () => {
    const storage = memoryStorage()
    const turn = gate<void>()
    const exchange = vi.fn(async () => tokens(2))
    const session = new Session({ storage, exchange, alone: (run) => turn.promise.then(run) })
    session.begin(tokens(1))
    const asked = session.renew('access-1')
    await new Session({ storage, exchange: async () => tokens(5) }).renew('access-1')
    turn.open()
    expect(await asked).toBe('access-5')
    expect(exchange).not.toHaveBeenCalled()
  })

  it('follow_WhenAnotherTabSignedOut_SignsOutHere', () => {
    const { session, storage } = build()
    session.begin(tokens(1))
    new Session({ storage, exchange: async () => tokens(5) }).finish('signed_out')
    session.follow()
    expect(session.end.value).toBe('signed_out')
    expect(session.isSignedIn.value).toBe(false)
  })

  it('follow_WhenSomebodyElseSignedInInAnotherTab_IsAnotherSession', () => {
    const { session, storage } = build()
    session.begin(tokens(1))
    const count = session.count.value
    new Session({ storage, exchange: async () => tokens(5) }).begin(tokens(7))
    session.follow()
    expect(session.access).toBe('access-7')
    expect(session.count.value).toBe(count + 1)
  })

  it('constructor_WhenTokensWereKept_GoesOnWithThem', async () => {
    const { session, storage, clock } = build()
    session.begin(tokens(1))
    const after = new Session({ storage, exchange: async () => tokens(9), now: () => clock.now })
    expect(await after.token()).toBe('access-1')
  })

  it.each(['', '{', '{"access":1}', 'null'])('constructor_WhenWhatWasKeptIsNoSession_HasNobody (%s)', (kept) => {
    const storage = memoryStorage()
    storage.setItem('neurolab.session', kept)
    expect(new Session({ storage, exchange: async () => tokens(1) }).isSignedIn.value).toBe(false)
  })
})

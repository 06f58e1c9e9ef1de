import { useEffect, useMemo } from 'preact/hooks'
import { client } from '../api'
import { account } from '../app/account'
import { usePageTitle } from '../app/usePageTitle'
import { announce } from '../ui/live'
import { EmptyState } from '../ui/States'
import { announcement } from './announcement'
import { Connection } from './Connection'
import { Entries } from './Entries'
import { Feed } from './feed'
import { Invalidations } from './Invalidations'
import { Nodes } from './Nodes'
import { EventStream } from './stream'
import { Traffic } from './Traffic'
import './observatory.css'

/** Screen readers hear a summary no more often than this, in milliseconds: what streams past is not read out. */
const summaryEvery = 30_000

/** The observatory: what the cache does, as it happens. Administrators see it; others read how one becomes one. */
export default function Observatory() {
  usePageTitle('Observatory')
  const who = account.value
  return (
    <div class="observatory">
      <div class="page-head">
        <div>
          <h1>Observatory</h1>
          <p class="lead">What the cache does, as it happens.</p>
        </div>
      </div>
      {who === null ? (
        <p role="status" class="muted">
          Asking who you are…
        </p>
      ) : who.roles.includes('admin') ? (
        <Live />
      ) : (
        <EmptyState title="The observatory is for administrators">
          <p>
            Whoever runs the service grants the role there, with <code>dotnet run --project src/WebApi -- admin grant {who.email}</code>, or with <code>admin grant {who.email}</code> behind the
            published executable. Then sign in again.
          </p>
        </EmptyState>
      )}
    </div>
  )
}

function Live() {
  const feed = useMemo(
    () =>
      new Feed({
        connection: (told) => new EventStream({ open: (init) => client.stream('/api/cache/stream', init), ...told }),
        // A page that is not drawn has no frames; its timers are slowed down by the browser itself.
        beforeNextFrame: (work) => (document.visibilityState === 'visible' ? requestAnimationFrame(work) : setTimeout(work, 1_000)),
      }),
    [],
  )
  useEffect(() => {
    const connect = () => feed.connect()
    connect()
    addEventListener('online', connect)
    return () => {
      removeEventListener('online', connect)
      feed.close()
    }
  }, [])
  useEffect(() => {
    let before = feed.shown.peek()
    const timer = setInterval(() => {
      const after = feed.shown.peek()
      const told = announcement(before, after)
      before = after
      if (told !== '') {
        announce(told)
      }
    }, summaryEvery)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      <Connection feed={feed} />
      <Traffic feed={feed} />
      <Nodes feed={feed} />
      <div class="obs-lists">
        <Invalidations feed={feed} />
        <Entries />
      </div>
    </>
  )
}

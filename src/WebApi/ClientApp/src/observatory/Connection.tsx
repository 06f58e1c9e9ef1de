import { useEffect, useRef } from 'preact/hooks'
import { Badge, type Tone } from '../ui/Badge'
import { Button } from '../ui/Button'
import { secondsUntil } from '../ui/clock'
import { plural } from '../ui/format'
import { announce } from '../ui/live'
import { connectionNews } from './announcement'
import type { Feed } from './feed'
import type { StreamState } from './stream'

const words: Readonly<Record<StreamState['kind'], readonly [string, Tone]>> = {
  connecting: ['Connecting', 'info'],
  live: ['Live', 'good'],
  waiting: ['Reconnecting', 'warn'],
  ended: ['Ended', 'bad'],
}

/** How the stream is, in words, and what can be done about it: try at once, hold the display, go on. */
export function Connection({ feed }: { readonly feed: Feed }) {
  const state = feed.connection.value
  const sender = feed.nodes.value.find((node) => node.report.is_this)?.report.name
  const isPaused = feed.paused.value
  const [word, tone] = words[state.kind]
  const isHeld = state.kind === 'waiting' && state.heldUntil !== null && secondsUntil(state.heldUntil) > 0
  const before = useRef(state.kind)
  useEffect(() => {
    const news = connectionNews(before.current, state)
    if (news !== '') {
      announce(news)
    }

    if (state.kind !== 'connecting') {
      before.current = state.kind
    }
  }, [state])
  return (
    <div class="obs-connection">
      {/* No live region: it changes at every try, and a screen reader hears of the loss once. */}
      <p class="obs-state" data-state={state.kind}>
        <Badge tone={tone}>{word}</Badge>
        {state.kind === 'live' && sender !== undefined && <span> from {sender}</span>}
        {(state.kind === 'waiting' || state.kind === 'ended') && <span> {state.why}</span>}
      </p>
      {state.kind === 'waiting' && <Countdown until={state.until} />}
      {(state.kind === 'waiting' || state.kind === 'ended') && (
        <Button isSmall isHeld={isHeld} onClick={() => feed.connect()}>
          Connect now
        </Button>
      )}
      <Button isSmall aria-pressed={isPaused} onClick={() => (isPaused ? feed.resume() : feed.pause())}>
        {isPaused ? 'Resume the display' : 'Pause the display'}
      </Button>
      {isPaused && <span class="small muted">Paused; {plural(feed.heldBack.value, 'new invalidation')} since.</span>}
    </div>
  )
}

function Countdown({ until }: { readonly until: number }) {
  return (
    <span class="small muted" aria-hidden="true">
      Next try in {secondsUntil(until)} s.
    </span>
  )
}

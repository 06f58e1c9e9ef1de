import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { asApiError, client } from '../api'
import { Badge } from '../ui/Badge'
import { secondsUntil } from '../ui/clock'
import { plural } from '../ui/format'
import { announce } from '../ui/live'
import { type Guide, type Refusal, refusalOf, type Step, type Store, stepOf, storeNames, switched, whileHealing, whileStopped } from './faults'
import { askFaults, hasFaultSwitches, switchStore } from './service'
import './faults.css'

/** What is on the screen is asked for again so long after a switch, in milliseconds: at once it is still as before. */
const lookAgainAfter = [0, 3_000, 8_000]

/** The guided failure: stop the database or Redis, see what the page says of it, start it again. In development only; elsewhere it is nothing. */
export default function Faults() {
  const isSignedIn = client.session.isSignedIn.value
  const [guide, setGuide] = useState<Guide | null>(null)
  useEffect(() => {
    if (!isSignedIn || !hasFaultSwitches()) {
      setGuide(null)
      return
    }

    const control = new AbortController()
    askFaults(control.signal).then(
      (faults) => setGuide(faults === null ? null : { faults, healed: null }),
      // Without the switches the page is whole: there is nothing to tell.
      () => undefined,
    )
    return () => control.abort()
  }, [isSignedIn])
  return guide === null ? null : <Panel guide={guide} onChange={setGuide} />
}

function Panel({ guide, onChange }: { readonly guide: Guide; readonly onChange: (guide: Guide) => void }) {
  const [switching, setSwitching] = useState<Store | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const wait = refusal === null || refusal.heldUntil === 0 ? 0 : secondsUntil(refusal.heldUntil)
  const looks = useRef<ReturnType<typeof setTimeout>[]>([])
  const forget = (): void => looks.current.splice(0).forEach(clearTimeout)
  useEffect(() => forget, [])

  const toggle = async (store: Store): Promise<void> => {
    setSwitching(store)
    setRefusal(null)
    try {
      const faults = await switchStore(store, guide.faults[store] === 'stopped' ? 'running' : 'stopped')
      if (faults !== null) {
        const after = switched(guide, faults)
        onChange(after)
        announce([summary(after), ...whileStopped(faults).slice(0, 1)].join(' '))
        forget()
        looks.current = lookAgainAfter.map((pause) => setTimeout(() => client.wrote(), pause))
      }
    } catch (thrown) {
      const error = asApiError(thrown)
      setRefusal(error === null ? null : refusalOf(error, Date.now()))
    }

    setSwitching(null)
  }

  const step = stepOf(guide)
  return (
    <aside class="faults" aria-label="Guided failure">
      <details open={step !== 'stop'}>
        <summary>
          <span class="faults-title">Try a failure</span> <Badge tone={step === 'watch' ? 'warn' : 'neutral'}>{summary(guide)}</Badge>
        </summary>
        <ol class="faults-steps">
          <Stage name="stop" step={step} title="Stop a store">
            <p>These switches exist in development only. Look at the dashboard first, so that there is something in memory.</p>
            <div class="faults-switches">
              {(['database', 'redis'] as const).map((store) =>
                guide.faults[store] === 'absent' ? (
                  <p key={store}>No Redis is configured: there is none to stop.</p>
                ) : (
                  <Switch key={store} store={store} isRunning={guide.faults[store] === 'running'} isBusy={switching === store} isHeld={wait > 0} onToggle={() => void toggle(store)} />
                ),
              )}
            </div>
            {refusal !== null && (
              <p role="alert" class="field-error">
                {refusal.why}
                {wait > 0 && <span aria-hidden="true"> You can try again in {plural(wait, 'second')}.</span>}
              </p>
            )}
          </Stage>
          <Stage name="watch" step={step} title="Watch the badges turn stale and say why">
            {step === 'watch' ? <Sentences of={whileStopped(guide.faults)} /> : <p>Every section says from where its data is, how old it is, and if it is stale, why.</p>}
          </Stage>
          <Stage name="heal" step={step} title="Start it again and watch it heal">
            {step === 'heal' ? <Sentences of={whileHealing(guide.healed!)} /> : <p>The same switch starts the store again. Nothing has to be cleared or loaded by hand.</p>}
          </Stage>
        </ol>
      </details>
    </aside>
  )
}

function summary({ faults, healed }: Guide): string {
  const stopped = (['database', 'redis'] as const).filter((store) => faults[store] === 'stopped').map((store) => storeNames[store])
  if (stopped.length > 0) {
    return `Stopped: ${stopped.join(' and ')}.`
  }

  return healed === null ? 'Everything runs.' : `Everything runs again: ${storeNames[healed]} was started.`
}

const order: readonly Step[] = ['stop', 'watch', 'heal']

function Stage({ name, step, title, children }: { readonly name: Step; readonly step: Step; readonly title: string; readonly children: ComponentChildren }) {
  const isNow = name === step
  return (
    <li class="faults-step" aria-current={isNow ? 'step' : undefined}>
      <h3>
        {title} {isNow && <Badge tone="info">now</Badge>}
        {order.indexOf(name) < order.indexOf(step) && <Badge tone="good">done</Badge>}
      </h3>
      {children}
    </li>
  )
}

interface SwitchProps {
  readonly store: Store
  readonly isRunning: boolean
  readonly isBusy: boolean
  /** It cannot be turned for now, and keeps the focus. */
  readonly isHeld: boolean
  readonly onToggle: () => void
}

function Switch({ store, isRunning, isBusy, isHeld, onToggle }: SwitchProps) {
  const name = store === 'database' ? 'Database' : 'Redis'
  return (
    <button
      type="button"
      role="switch"
      class="faults-switch"
      aria-checked={isRunning}
      aria-busy={isBusy}
      aria-disabled={isHeld || undefined}
      data-store={store}
      onClick={() => isBusy || isHeld || onToggle()}
    >
      <span class="faults-track" aria-hidden="true" />
      <span>
        {name}: <strong>{isRunning ? 'running' : 'stopped'}</strong>
      </span>
    </button>
  )
}

function Sentences({ of }: { readonly of: readonly string[] }) {
  return (
    <ul>
      {of.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

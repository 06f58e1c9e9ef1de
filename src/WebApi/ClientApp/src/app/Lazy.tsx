import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button, EmptyState } from '../ui'

export interface LazyProps {
  readonly load: () => Promise<{ readonly default: ComponentType }>
  /** What it shows, for the message that it could not be loaded; without it nothing is said. */
  readonly what?: string
}

/** Shows a component that is loaded when it is first needed. */
export function Lazy({ load, what }: LazyProps) {
  const [loaded, setLoaded] = useState<{ Component: ComponentType } | 'loading' | 'failed'>('loading')
  useEffect(() => {
    let isGone = false
    load().then(
      (module) => !isGone && setLoaded({ Component: module.default }),
      () => !isGone && setLoaded('failed'),
    )
    return () => {
      isGone = true
    }
  }, [])
  if (typeof loaded === 'object') {
    return <loaded.Component />
  }

  if (what === undefined) {
    return null
  }

  return loaded === 'loading' ? (
    <div class="skeleton chart-large" role="status">
      <span class="hidden">{what} is loading</span>
    </div>
  ) : (
    <EmptyState title={`${what} could not be loaded`} action={<Button onClick={() => location.reload()}>Load the page again</Button>}>
      The service may have been renewed meanwhile, or cannot be reached.
    </EmptyState>
  )
}

import { signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { base as service } from '../base'

/** Where the page stands, as its routes know it. */
export interface Place {
  /** Below where the service stands, beginning with a slash. */
  readonly path: string
  readonly query: URLSearchParams
}

const base = service.pathname

/** The place that is shown. */
export const place = signal<Place>(read())

/** Where a path of the routes stands on the server. */
export function href(to: string): string {
  return base.replace(/\/$/, '') + to
}

/** Goes to a path of the routes, with or without a query. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const target = href(to)
  if (target === location.pathname + location.search) {
    return
  }

  if (options.replace) {
    history.replaceState(null, '', target)
  } else {
    history.pushState(null, '', target)
  }

  place.value = read()
}

/** Changes parameters of the query in place; null takes one out. */
export function setQuery(change: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(place.peek().query)
  for (const [name, value] of Object.entries(change)) {
    if (value === null) {
      query.delete(name)
    } else {
      query.set(name, value)
    }
  }

  const text = query.toString()
  navigate(place.peek().path + (text === '' ? '' : `?${text}`), { replace: true })
}

/** Follows the browser's back and forward. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    place.value = read()
  })
}

export interface LinkProps extends Omit<JSX.IntrinsicElements['a'], 'href' | 'children'> {
  /** A path of the routes. */
  readonly to: string
  readonly children: ComponentChildren
}

/** A link to a place of this page: a real one, that can be opened in another tab. */
export function Link({ to, children, onClick, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={href(to)}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
          event.preventDefault()
          navigate(to)
        }
      }}
    >
      {children}
    </a>
  )
}

function read(): Place {
  const path = location.pathname
  return { path: path.startsWith(base) ? `/${path.slice(base.length)}` : path, query: new URLSearchParams(location.search) }
}

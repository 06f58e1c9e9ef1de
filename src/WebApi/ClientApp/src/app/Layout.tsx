import type { ComponentChildren } from 'preact'
import { client } from '../api'
import { LiveRegions } from '../ui'
import { account } from './account'
import { Lazy } from './Lazy'
import { Mark } from './icons'
import { Link, place } from './router'
import { ThemeSwitch } from './ThemeSwitch'
import { UserMenu } from './UserMenu'

/** What stands around every view: the way past it, the navigation, the theme, the account. */
export function Layout({ children }: { readonly children: ComponentChildren }) {
  const isSignedIn = client.session.isSignedIn.value
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-row">
          <Link to="/" class="brand" aria-label="NeuroLab 360, dashboard">
            <Mark />
            <span class="brand-name">
              NeuroLab <span class="brand-number">360</span>
            </span>
          </Link>
          {isSignedIn && (
            <nav aria-label="Main" class="top-nav">
              <NavLink to="/">Dashboard</NavLink>
              {account.value?.roles.includes('admin') && <NavLink to="/observatory">Observatory</NavLink>}
            </nav>
          )}
          <div class="top-end">
            <ThemeSwitch />
            {isSignedIn && <UserMenu />}
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {isSignedIn && <Lazy load={() => import('../faults')} />}
      <LiveRegions />
    </>
  )
}

function NavLink({ to, children }: { readonly to: string; readonly children: ComponentChildren }) {
  const { path } = place.value
  const isHere = to === '/' ? path === '/' || path.startsWith('/experiments/') : path === to
  return (
    <Link to={to} aria-current={path === to ? 'page' : isHere ? 'true' : undefined}>
      {children}
    </Link>
  )
}

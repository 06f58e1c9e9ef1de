import { useEffect, useRef } from 'preact/hooks'
import { client } from '../api'
import { Dashboard } from '../dashboard/Dashboard'
import { ExperimentPage } from '../experiments/ExperimentPage'
import { announce, EmptyState } from '../ui'
import { Layout } from './Layout'
import { Lazy } from './Lazy'
import { Link, navigate, place } from './router'
import { experimentIn } from './routes'
import { SignInPage } from './SignInPage'
import { SignUpPage } from './SignUpPage'

/** The view of the place. Who is not signed in signs in where he is, and goes on there. */
export function App() {
  const { path } = place.value
  const { isSignedIn, end } = client.session
  useFocusOnMove(path, isSignedIn.value)
  useEffect(() => {
    if (end.value === 'expired') {
      announce('Your session is over. Sign in to go on.')
    }
  }, [end.value])
  return (
    <Layout>
      {/* Nothing of one session is on screen in the next. */}
      <View key={client.session.count.value} path={path} />
    </Layout>
  )
}

function View({ path }: { readonly path: string }) {
  const isSignedIn = client.session.isSignedIn.value
  const isEntrance = path === '/sign-in' || path === '/sign-up'
  useEffect(() => {
    if (isSignedIn && isEntrance) {
      navigate('/', { replace: true })
    }
  }, [isSignedIn, isEntrance])
  if (!isSignedIn) {
    return path === '/sign-up' ? <SignUpPage /> : <SignInPage />
  }

  const experiment = experimentIn(path)
  if (experiment !== null) {
    return <ExperimentPage key={experiment} id={experiment} />
  }

  if (path === '/observatory') {
    return <Lazy load={() => import('../observatory')} what="The observatory" />
  }

  if (path === '/') {
    return <Dashboard />
  }

  return isEntrance ? null : (
    <EmptyState title="There is nothing here" action={<Link to="/">To the dashboard</Link>}>
      The address may be mistyped, or what stood here is gone.
    </EmptyState>
  )
}

/** After a move, and where signing in or out changes the view in place, the view has the focus, as after loading a page. */
function useFocusOnMove(path: string, isSignedIn: boolean): void {
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }

    scrollTo(0, 0)
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [path, isSignedIn])
}

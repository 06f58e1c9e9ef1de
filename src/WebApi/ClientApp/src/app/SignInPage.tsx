import { useState } from 'preact/hooks'
import { client } from '../api'
import { Button, Field } from '../ui'
import { signIn } from './account'
import { FormError } from './FormError'
import { Link, place } from './router'
import { usePageTitle } from './usePageTitle'
import { useSubmit } from './useSubmit'

/** Signs in; what asked for it is shown then. */
export function SignInPage() {
  usePageTitle('Sign in')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submission = useSubmit(
    () => signIn(email.trim(), password),
    () => ({
      ...(email.trim() === '' ? { email: 'Enter your e-mail address.' } : {}),
      ...(password === '' ? { password: 'Enter your password.' } : {}),
    }),
  )
  return (
    <div class="entrance">
      <h1>Sign in</h1>
      {place.value.query.get('account') === 'open' ? (
        <p class="lead">Your account is open. Sign in.</p>
      ) : client.session.end.value === 'expired' ? (
        <p class="lead">Your session has ended. Sign in to go on where you were.</p>
      ) : (
        <p class="lead">Run neuroscience experiments and see what they show.</p>
      )}
      <form class="form" noValidate onSubmit={submission.submit}>
        <FormError submission={submission} fieldNames={['email', 'password']} />
        <Field label="E-mail" error={submission.fields['email']} isRequired>
          {(attributes) => <input {...attributes} name="email" type="email" autocomplete="username" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />}
        </Field>
        <Field label="Password" error={submission.fields['password']} isRequired>
          {(attributes) => (
            <input {...attributes} name="password" type="password" autocomplete="current-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
          )}
        </Field>
        <Button type="submit" variant="primary" isBusy={submission.isBusy} isHeld={submission.wait > 0}>
          {submission.wait > 0 ? `Sign in (in ${submission.wait} s)` : 'Sign in'}
        </Button>
      </form>
      <p class="entrance-other">
        No account yet? <Link to="/sign-up">Sign up</Link>
      </p>
    </div>
  )
}

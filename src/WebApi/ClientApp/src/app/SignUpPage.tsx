import { useState } from 'preact/hooks'
import { ApiError } from '../api'
import { Button, Field } from '../ui'
import { signUp } from './account'
import { FormError } from './FormError'
import { Link, navigate } from './router'
import { usePageTitle } from './usePageTitle'
import { useSubmit } from './useSubmit'

const leastPassword = 8
const mostPassword = 128
const mostName = 64

/** An account that is there already is a matter of the e-mail address. */
function ofEmail(error: unknown): never {
  throw error instanceof ApiError && error.status === 409 ? new ApiError({ ...error, fields: { email: [error.detail] } }) : error
}

/** Opens an account and signs in to it. */
export function SignUpPage() {
  usePageTitle('Sign up')
  const [email, setEmail] = useState('')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const submission = useSubmit(
    async () => {
      if (!(await signUp(email.trim(), username.trim(), password).catch(ofEmail))) {
        navigate('/sign-in?account=open')
      }
    },
    () => ({
      ...(/^\S+@\S+$/.test(email.trim()) ? {} : { email: 'Enter an e-mail address, such as ada@example.org.' }),
      ...(username.trim() === '' ? { username: 'Enter a name.' } : username.trim().length > mostName ? { username: `At most ${mostName} characters.` } : {}),
      ...(password.length < leastPassword || password.length > mostPassword ? { password: `${leastPassword} to ${mostPassword} characters.` } : {}),
    }),
  )
  return (
    <div class="entrance">
      <h1>Sign up</h1>
      <p class="lead">An account keeps your experiments apart from everybody else's.</p>
      <form class="form" noValidate onSubmit={submission.submit}>
        <FormError submission={submission} fieldNames={['email', 'username', 'password']} />
        <Field label="E-mail" error={submission.fields['email']} isRequired>
          {(attributes) => <input {...attributes} name="email" type="email" autocomplete="username" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />}
        </Field>
        <Field label="Name" hint={`How the page calls you: 1 to ${mostName} characters.`} error={submission.fields['username']} isRequired>
          {(attributes) => (
            <input {...attributes} name="username" type="text" autocomplete="nickname" value={username} onInput={(event) => setUsername(event.currentTarget.value)} />
          )}
        </Field>
        <Field label="Password" hint={`${leastPassword} to ${mostPassword} characters.`} error={submission.fields['password']} isRequired>
          {(attributes) => (
            <input {...attributes} name="password" type="password" autocomplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
          )}
        </Field>
        <Button type="submit" variant="primary" isBusy={submission.isBusy} isHeld={submission.wait > 0}>
          {submission.wait > 0 ? `Sign up (in ${submission.wait} s)` : 'Sign up'}
        </Button>
      </form>
      <p class="entrance-other">
        Have an account? <Link to="/sign-in">Sign in</Link>
      </p>
    </div>
  )
}

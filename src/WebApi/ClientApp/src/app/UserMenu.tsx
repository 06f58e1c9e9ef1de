import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { client } from '../api'
import { Button } from '../ui'
import { account } from './account'
import { UserIcon } from './icons'
import { navigate } from './router'

/** Who is signed in, and the way out. */
export function UserMenu() {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const root = useRef<HTMLDivElement>(null)
  const toggle = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) {
      return
    }

    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        setOpen(false)
        toggle.current?.focus()
      }
    }
    const onPress = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false)
      }
    }
    document.addEventListener('keydown', onKey)
    document.addEventListener('pointerdown', onPress)
    document.addEventListener('focusin', onPress)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('pointerdown', onPress)
      document.removeEventListener('focusin', onPress)
    }
  }, [isOpen])
  const me = account.value
  return (
    <div class="user-menu" ref={root}>
      <button ref={toggle} type="button" class="button button-quiet" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <UserIcon />
        <span class="user-name">{me?.username ?? 'Account'}</span>
      </button>
      {isOpen && (
        <div class="user-panel" id={id}>
          {me !== null && (
            <p>
              <strong>{me.username}</strong>
              <br />
              <span class="muted">{me.email}</span>
              {me.roles.length > 0 && (
                <>
                  <br />
                  <span class="muted small">{me.roles.join(', ')}</span>
                </>
              )}
            </p>
          )}
          <Button
            onClick={() => {
              void client.signOut()
              navigate('/')
            }}
          >
            Sign out
          </Button>
        </div>
      )}
    </div>
  )
}

import { computed, effect, signal } from '@preact/signals'

export type ThemeChoice = 'system' | 'light' | 'dark'

const storageKey = 'neurolab.theme'
const systemIsDark = signal(false)

/** What the user chose. */
export const themeChoice = signal<ThemeChoice>('system')

/** What is shown. */
export const theme = computed<'light' | 'dark'>(() => (themeChoice.value === 'system' ? (systemIsDark.value ? 'dark' : 'light') : themeChoice.value))

/** Applies the theme to the document, and follows the system's while the user leaves it to that. */
export function startTheme(): void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  systemIsDark.value = query.matches
  query.addEventListener('change', () => {
    systemIsDark.value = query.matches
  })
  const kept = localStorage.getItem(storageKey)
  themeChoice.value = kept === 'light' || kept === 'dark' ? kept : 'system'
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
  })
  effect(() => localStorage.setItem(storageKey, themeChoice.value))
}

import { themeChoice, type ThemeChoice } from '../ui'
import { MoonIcon, SunIcon, SystemIcon } from './icons'

const choices: readonly { value: ThemeChoice; label: string; icon: () => preact.JSX.Element }[] = [
  { value: 'system', label: 'Theme of the system', icon: SystemIcon },
  { value: 'light', label: 'Light theme', icon: SunIcon },
  { value: 'dark', label: 'Dark theme', icon: MoonIcon },
]

/** Light, dark, or as the system says. */
export function ThemeSwitch() {
  return (
    <fieldset class="theme-switch">
      <legend class="hidden">Theme</legend>
      {choices.map(({ value, label, icon: Icon }) => (
        <label key={value} title={label}>
          <input
            type="radio"
            name="theme"
            value={value}
            aria-label={label}
            checked={themeChoice.value === value}
            onChange={() => {
              themeChoice.value = value
            }}
          />
          <Icon />
        </label>
      ))}
    </fieldset>
  )
}

const language = 'en-GB'
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
const dateTime = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })
const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const shortDate = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** A count, grouped in thousands. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** A number with at most so many decimals; no minus before a zero. */
export function formatNumber(value: number, decimals = 1): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: decimals, signDisplay: 'negative' }).format(value)
}

/** A measured value with so many decimals, and its unit; a value without a unit stands alone. */
export function formatValue(value: number, unit: string, decimals = 0): string {
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'negative' }).format(value)
  return unit === '' ? number : unit === '%' ? `${number}%` : `${number}\u00a0${unit}`
}

/**
 * A span of time in its greatest units that count, such as `0.1 s`, `42 s`, `3 min 20 s` or `2 h 5 min`.
 * @param parts How many of them at most; of a rough one, with one part, seconds are whole too.
 */
export function formatSpan(seconds: number, parts: 1 | 2 = 2): string {
  const positive = Math.max(0, seconds)
  if (parts === 2 && positive < 9.95) {
    return `${formatNumber(positive)}\u00a0s`
  }

  const s = Math.round(positive)
  const units = [
    [Math.floor(s / 86_400), 'd'],
    [Math.floor(s / 3_600) % 24, 'h'],
    [Math.floor(s / 60) % 60, 'min'],
    [s % 60, 's'],
  ] as const
  const first = units.findIndex(([number, unit]) => number > 0 || unit === 's')
  return units
    .slice(first, first + parts)
    .filter(([number], index) => number > 0 || index === 0)
    .map(([number, unit]) => `${number}\u00a0${unit}`)
    .join(' ')
}

/** How long ago something was in one unit, such as `just now` or `3 min ago`. */
export function formatAgo(moment: number, now: number): string {
  const seconds = (now - moment) / 1000
  return seconds < 10 ? 'just now' : `${formatSpan(seconds, 1)} ago`
}

/** A moment in local time. */
export function formatDateTime(moment: string | number | Date): string {
  return dateTime.format(new Date(moment))
}

/** A time of day in local time, with seconds. */
export function formatTime(moment: string | number | Date): string {
  return time.format(new Date(moment))
}

const day = 86_400_000

/** The number of a day (`2026-03-14`, UTC) since 1970: days on an axis. */
export function dayNumber(text: string): number {
  return Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / day)
}

/** A day by its number. */
export function formatDay(number: number): string {
  return date.format(number * day)
}

/** The same without the year, for the ticks of an axis. */
export function formatShortDay(number: number): string {
  return shortDate.format(number * day)
}

/** `1 experiment`, `2 experiments`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

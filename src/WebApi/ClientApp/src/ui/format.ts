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

/** A span of time in one or two units, such as `42 s`, `3 min`, `2 h 5 min` or `4 d`. */
export function formatSpan(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  if (s < 60) {
    return `${s}\u00a0s`
  }

  const minutes = Math.floor(s / 60)
  if (minutes < 60) {
    return `${minutes}\u00a0min`
  }

  const hours = Math.floor(minutes / 60)
  if (hours < 24) {
    return minutes % 60 === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${minutes % 60}\u00a0min`
  }

  return `${Math.floor(hours / 24)}\u00a0d`
}

/** How long ago something was in one unit, such as `just now` or `3 min ago`. */
export function formatAgo(moment: number, now: number): string {
  const seconds = (now - moment) / 1000
  return seconds < 10 ? 'just now' : `${formatSpan(seconds < 3600 ? seconds : seconds - (seconds % 3600))} ago`
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

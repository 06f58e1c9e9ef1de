interface MeterProps {
  readonly label: string
  readonly value: number
  /** Null where there is no bound: then there is no bar. */
  readonly max: number | null
  /** Value and bound in words. */
  readonly text: string
}

/** How full something is, in words and as a bar. */
export function Meter({ label, value, max, text }: MeterProps) {
  return (
    <div class="obs-meter">
      <span class="obs-meter-text">{text}</span>
      {max !== null && max > 0 && (
        <span class="obs-meter-bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={Math.min(value, max)} aria-valuetext={text}>
          <span style={{ inlineSize: `${Math.min(100, (value / max) * 100)}%` }} />
        </span>
      )}
    </div>
  )
}

import type { ComponentChildren } from 'preact'

export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad'

export interface BadgeProps {
  readonly tone?: Tone
  readonly children: ComponentChildren
}

/** A word about the state of something. The word says it all; the colour underlines it. */
export function Badge({ tone = 'neutral', children }: BadgeProps) {
  return <span class={`badge tone-${tone}`}>{children}</span>
}

import type { Mode } from './policy.ts'

/** What each mode is called, and what it does in a sentence. In the order in which they let more happen unasked. */
export const modeWords: Readonly<Record<Mode, { readonly name: string; readonly does: string }>> = {
  plan: { name: 'Plan', does: 'The agent only looks. Nothing is written or run, whatever rules allow.' },
  ask: { name: 'Ask', does: 'What only looks is allowed. You are asked about everything else.' },
  auto: {
    name: 'Auto',
    does: 'What the sandbox and the copy of your files contain is allowed. You are asked about the rest.',
  },
  unattended: { name: 'Unattended', does: 'As Auto, but nobody is asked: what would be asked about is denied.' },
}

/** Where a session says nothing. */
export const defaultMode: Mode = 'auto'

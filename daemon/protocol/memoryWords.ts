import type { SandboxInfo } from './sandbox.ts'

/** What becomes of the programs in a suspended sandbox, as a sentence. */
export const memoryWords: Readonly<Record<NonNullable<SandboxInfo['memory']>, string>> = {
  saved: 'Its programs go on when it is resumed, also after a restart of the daemon.',
  held: 'Its programs go on when it is resumed, but end with the daemon.',
}

import type { Risk } from '#protocol/guard.ts'

interface Kind {
  readonly risk: Risk
  /** See `GuardReason.consequential`. */
  readonly consequential?: true
  /** Whatever it is about, nothing may be concluded from what was not found. */
  readonly unknown?: true
}

const consequential = (risk: Risk) => ({ risk, consequential: true }) as const
const unknown = { risk: 'high', unknown: true } as const

/** Everything that the guard may say about an action, beside its programs, paths and hosts. */
const reasonKinds = {
  'not-understood': unknown,
  'hidden-text': unknown,
  'too-long': unknown,
  'unknown-program': unknown,
  'unknown-tool': unknown,
  'mcp-tool': unknown,
  'unseen-code': unknown,
  'sets-variable': unknown,
  'odd-path': unknown,

  'deletes-tree': consequential('high'),
  'deletes-many': consequential('high'),
  'deletes-unknown': consequential('high'),
  'deletes-everything': consequential('critical'),
  'deletes-outside': consequential('high'),
  'destroys-data': consequential('critical'),
  'rewrites-history': consequential('high'),
  'discards-work': consequential('high'),
  pushes: consequential('high'),
  publishes: consequential('high'),
  'changes-infrastructure': consequential('critical'),
  'changes-database': consequential('critical'),
  'removes-containers': consequential('high'),
  'acts-elsewhere': consequential('high'),
  'sends-data': consequential('high'),
  'raises-privileges': consequential('high'),
  'reaches-machine': consequential('critical'),
  'stops-machine': consequential('critical'),

  'unknown-path': { risk: 'low' },
  'runs-later': { risk: 'medium' },
  'reaches-host': { risk: 'medium' },
} as const satisfies Record<string, Kind>

export type ReasonCode = keyof typeof reasonKinds

/** A reason as a table of programs writes it down; its text is one sentence. */
export interface Act {
  readonly code: ReasonCode
  readonly text: string
}

export const act = (code: ReasonCode, text: string): Act => ({ code, text })

export const kindOf = (code: ReasonCode): Kind => reasonKinds[code]

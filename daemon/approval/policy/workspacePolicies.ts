import { realpath } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { folderNotUsable } from '#protocol/errors.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import type { PolicyExplanation, PolicySourceInfo } from '#protocol/policyMethods.ts'
import { type PolicyContext, reasonAbout } from './decide.ts'
import type { Examine } from './examples.ts'
import type { PolicySources } from './policySources.ts'
import { proposeRules } from './proposeRules.ts'
import { readAction } from './readAction.ts'
import type { PolicySourceState } from './sourceFile.ts'

/** How a session stands: where it is, and what it was told so far. */
type Standing = Omit<PolicyContext, 'tool' | 'policy' | 'mode'> & {
  /** Absent: as policy has it for sessions that begin. */
  readonly mode?: Mode | undefined
}

export interface WorkspacePoliciesParams {
  /** Loaded when they are first needed. */
  readonly ready: () => Promise<{ readonly sources: PolicySources; readonly examineIn: (folder: string) => Examine }>
  /** Of a session, or without one of any that begins on this folder. Rejects with `sessionNotFound`. */
  readonly standing: (folder: string, session: string | undefined) => Promise<Standing>
}

interface Question {
  readonly folder: string
  readonly session?: string | undefined
  readonly mode?: Mode | undefined
  readonly actions: readonly string[]
}

const mostMatches = 200
/** Of one answer: several clients fit between two turns. */
const turnEvery = 20

/** The policies of all workspaces, by whatever path a workspace is called, as clients see and change them. */
export class WorkspacePolicies {
  readonly #params: WorkspacePoliciesParams

  constructor(params: WorkspacePoliciesParams) {
    this.#params = params
  }

  async sources(folder: string): Promise<PolicySourceInfo[]> {
    const { sources } = await this.#params.ready()
    return sources.list(await realFolder(folder)).map(sourceInfo)
  }

  async trust(folder: string, sha256: string | null): Promise<void> {
    const { sources } = await this.#params.ready()
    sources.trust(await realFolder(folder), sha256)
  }

  async addRules(folder: string, source: 'user' | 'workspace', rules: readonly PolicyRule[]): Promise<void> {
    const { sources } = await this.#params.ready()
    sources.addRules(await realFolder(folder), source, rules)
  }

  async removeRule(folder: string, source: 'user' | 'workspace', name: string): Promise<void> {
    const { sources } = await this.#params.ready()
    sources.removeRule(await realFolder(folder), source, name)
  }

  async explain({ folder, session, mode, actions }: Question): Promise<PolicyExplanation[]> {
    const real = await realFolder(folder)
    const standing = await this.#params.standing(real, session)
    const { sources, examineIn } = await this.#params.ready()
    const examine = examineIn(real)
    const policy = sources.of(real)
    const context = { ...standing, mode: mode ?? standing.mode ?? policy.mode ?? 'auto', policy: policy.sets }
    const explanations: PolicyExplanation[] = []
    for (const [at, asked] of actions.entries()) {
      if (at % turnEvery === turnEvery - 1) await new Promise((resolve) => setImmediate(resolve))
      explanations.push(explained(asked, context, examine))
    }
    return explanations
  }
}

function explained(asked: string, standing: Omit<PolicyContext, 'tool'>, examine: Examine): PolicyExplanation {
  const written = readAction(asked, standing)
  if ('why' in written) return { type: 'notUnderstood', asked, why: written.why }
  const { action, tool } = written
  const context = { ...standing, tool }
  const guard = examine(action, standing)
  const { decision, builtin, matches, because } = reasonAbout(action, guard, context)
  return {
    type: 'explained',
    asked,
    action,
    guard,
    builtin: builtin.name,
    matches: matches.slice(0, mostMatches).map(({ source, rule: { name: rule, verdict }, certain, part }) => ({
      source,
      rule,
      verdict,
      certain,
      part,
    })),
    decision,
    because,
    proposals: proposeRules(action, guard, context),
  }
}

async function realFolder(folder: string): Promise<string> {
  if (!isAbsolute(folder)) throw folderNotUsable(folder, 'Give an absolute path.')
  const real = await realpath(folder).catch(() => undefined)
  if (real === undefined) throw folderNotUsable(folder, 'There is no such folder.')
  return real
}

function sourceInfo({ source, file, exists, sha256, trusted, set, troubles }: PolicySourceState): PolicySourceInfo {
  return {
    source,
    path: file,
    exists,
    ...(sha256 !== undefined && { sha256 }),
    ...(trusted !== undefined && { trusted }),
    tightensOnly: set.tightensOnly,
    holds: set.holds,
    ...(set.mode && { mode: set.mode }),
    rules: [...set.rules],
    troubles: [...troubles],
  }
}

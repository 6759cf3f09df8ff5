import type { Mode, PolicyRule } from '#protocol/policy.ts'
import type { PolicyExplanation, PolicySourceInfo } from '#protocol/policyMethods.ts'
import type { Caller } from '../caller.ts'
import type { Handlers } from './handler.ts'

/** The policies of all workspaces, by whatever path a workspace is called. */
export interface Policies {
  sources(folder: string): Promise<PolicySourceInfo[]>
  trust(folder: string, sha256: string | null): Promise<void>
  explain(asked: PolicyQuestion): Promise<PolicyExplanation[]>
  addRules(folder: string, source: 'user' | 'workspace', rules: readonly PolicyRule[]): Promise<void>
  removeRule(folder: string, source: 'user' | 'workspace', name: string): Promise<void>
}

interface PolicyQuestion {
  readonly folder: string
  readonly session?: string | undefined
  readonly mode?: Mode | undefined
  readonly actions: readonly string[]
}

/** What a client changed, for the record. */
export interface PolicyChange {
  readonly source: 'user' | 'workspace' | 'repository'
  readonly text: string
  readonly rules?: readonly PolicyRule[]
}

export function policyHandlers(
  policies: Policies,
  record: (folder: string, change: PolicyChange, client: string) => void,
): Handlers<PolicyMethod> {
  const changed = async (folder: string, change: PolicyChange, { wire }: Caller, made: Promise<void>) => {
    await made
    record(folder, change, wire.client)
    return { sources: await policies.sources(folder) }
  }
  return {
    'policy/sources': async ({ folder }) => ({ sources: await policies.sources(folder) }),
    'policy/trust': ({ folder, sha256 }, caller) => {
      const text = sha256 === null ? 'trusted no longer' : `trusted as ${sha256}`
      return changed(folder, { source: 'repository', text }, caller, policies.trust(folder, sha256))
    },
    'policy/explain': async (asked) => ({ explanations: await policies.explain(asked) }),
    'policy/addRules': ({ folder, source, rules }, caller) =>
      changed(folder, { source, text: 'rules added', rules }, caller, policies.addRules(folder, source, rules)),
    'policy/removeRule': ({ folder, source, name }, caller) =>
      changed(folder, { source, text: `rule removed: ${name}` }, caller, policies.removeRule(folder, source, name)),
  }
}

type PolicyMethod = 'policy/sources' | 'policy/trust' | 'policy/explain' | 'policy/addRules' | 'policy/removeRule'

import type { Mode, PolicyRule } from '#protocol/policy.ts'
import type { PolicyExplanation, PolicySourceInfo } from '#protocol/policyMethods.ts'
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

export function policyHandlers(policies: Policies): Handlers<PolicyMethod> {
  const changed = async (folder: string, change: Promise<void>) => {
    await change
    return { sources: await policies.sources(folder) }
  }
  return {
    'policy/sources': async ({ folder }) => ({ sources: await policies.sources(folder) }),
    'policy/trust': ({ folder, sha256 }) => changed(folder, policies.trust(folder, sha256)),
    'policy/explain': async (asked) => ({ explanations: await policies.explain(asked) }),
    'policy/addRules': ({ folder, source, rules }) => changed(folder, policies.addRules(folder, source, rules)),
    'policy/removeRule': ({ folder, source, name }) => changed(folder, policies.removeRule(folder, source, name)),
  }
}

type PolicyMethod = 'policy/sources' | 'policy/trust' | 'policy/explain' | 'policy/addRules' | 'policy/removeRule'

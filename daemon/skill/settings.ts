import { type ProfileId, profileIds } from './rules/profiles.ts'
import type { RuleSeverity } from './rules/rule.ts'
import type { ServiceSettings } from './service.ts'

const severities: readonly unknown[] = ['error', 'warning', 'information', 'hint', 'off'] satisfies RuleSeverity[]

/** Settings as they come from an editor or a file; what is not understood counts as not said. */
export function settingsFrom(value: unknown): ServiceSettings {
  const { profiles, severity } = isObject(value) ? value : {}
  const known = Array.isArray(profiles) ? profiles.filter(isProfile) : []
  const each = isObject(severity) ? Object.entries(severity).filter(([, level]) => severities.includes(level)) : []
  return {
    severities: Object.fromEntries(each) as ServiceSettings['severities'],
    ...(known.length > 0 ? { profiles: known } : {}),
  }
}

function isProfile(value: unknown): value is ProfileId {
  return (profileIds as readonly unknown[]).includes(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

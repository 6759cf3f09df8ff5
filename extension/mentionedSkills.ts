import type { ClientSkills } from './skillNodes.ts'

/** A skill that a prompt can mention. */
export interface MentionableSkill {
  readonly name: string
  readonly path: string
  readonly personal: boolean
}

/** Each name once, in the order of names: what some client loads, the project's before the user's own. */
export function mentionableSkills(clients: readonly ClientSkills[]): MentionableSkill[] {
  const byName = new Map<string, MentionableSkill>()
  for (const { skills } of clients) {
    for (const { name, path, scope, state } of skills) {
      const personal = scope !== 'project'
      const known = byName.get(name)
      if (state === 'shadowed' || !/^[\w:.-]+$/.test(name) || (known && (personal || !known.personal))) continue
      byName.set(name, { name, path, personal })
    }
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const mention = /(?:^|[\s("'`])(?:[/$]([\w:.-]{1,200})(?![\w:./-])|\$\[[a-z0-9:-]+\]\.([\w-]+))/g

/** Those of `skills` that a prompt mentions, as `/name`, `$name` or `$[namespace].name`, each once. */
export function mentionedIn(prompt: string, skills: readonly MentionableSkill[]): MentionableSkill[] {
  const names = new Set(
    [...prompt.matchAll(mention)].map(([, plain, namespaced]) => (plain ?? namespaced ?? '').replace(/[.:-]+$/, '')),
  )
  return skills.filter(({ name }) => names.has(name))
}

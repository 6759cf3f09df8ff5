import type { SkillDocument } from '../document/document.ts'
import { entryIn, type Value } from '../document/value.ts'
import { fenceMarks } from './bodyText.ts'
import { encodedIn } from './encodedText.ts'
import { soundEntry, textOf } from './entries.ts'
import { hiddenIn } from './hiddenText.ts'
import { lockedHash, skillHash } from './lock.ts'
import { packageHits, packageWords } from './packages.ts'
import { type Hit, type Rule, ruleTable } from './rule.ts'
import { secretsIn, secretWords } from './secrets.ts'
import { patterns } from './securityPatterns.ts'
import { suspicionsOf } from './securityText.ts'
import { strangeFiles } from './skillFiles.ts'

const everything = ['skill', 'flatSkill', 'agent', 'instructions', 'memory', 'markdown', 'script'] as const
const skills = ['skill'] as const

/** A rule whose patterns are data. */
function byPatterns(rule: Pick<Rule, 'title' | 'why'>, code: Parameters<typeof suspicionsOf>[1]): Rule {
  return {
    severity: 'warning',
    kinds: everything,
    security: true,
    needs: { words: patterns.flatMap((pattern) => (pattern.code === code ? pattern.words : [])) },
    check: (document) => suspicionsOf(document, code),
    ...rule,
  }
}

const permissions = byPatterns(
  { title: 'Permission for everything', why: 'Nobody is asked any more, whatever the agent is told to do.' },
  'V10',
)

/**
 * V: what a hostile author may have written. Found by patterns and without the network: a text about which these rules are silent has
 * not been found to be harmless.
 */
export const securityRules = ruleTable({
  V01: byPatterns(
    {
      title: 'Instruction to leave other instructions',
      why: 'A skill adds to what the agent was told; one that replaces it takes the agent over.',
    },
    'V01',
  ),
  V02: {
    title: 'Hidden text',
    severity: 'warning',
    kinds: everything,
    security: true,
    why: 'A model reads what people do not see: comments, titles of links, invisible characters, text far to the right or below.',
    check: (document) => hiddenIn(document),
  },
  V03: {
    title: 'Encoded text',
    severity: 'warning',
    kinds: everything,
    security: true,
    why: 'What is encoded nobody reads before it is decoded and run.',
    check: (document) => encodedIn(document),
  },
  V04: {
    title: 'Secret',
    severity: 'warning',
    kinds: everything,
    security: true,
    why: 'Whoever has the skill has the key: it is in every copy, and in the history of the repository.',
    needs: { words: secretWords },
    check: (document) => secretsIn(document),
  },
  V05: byPatterns(
    {
      title: 'Data sent away',
      why: 'The agent can read the project and the machine; what it sends cannot be taken back.',
    },
    'V05',
  ),
  V06: byPatterns(
    {
      title: 'Credentials read',
      why: 'What the agent has read stands in its context, and in the logs of its provider.',
    },
    'V06',
  ),
  V07: byPatterns(
    { title: 'Code from elsewhere', why: 'What the address delivers can change after the skill was read.' },
    'V07',
  ),
  V08: byPatterns(
    { title: 'Lasting change of the machine', why: 'It stays after the task is done and the skill is gone.' },
    'V08',
  ),
  V09: byPatterns(
    { title: 'Destructive command', why: 'An agent runs what stands here, perhaps in the wrong folder.' },
    'V09',
  ),
  V10: {
    ...permissions,
    needs: { ...permissions.needs, keys: ['allowed-tools'] },
    check: (document) => [...suspicionsOf(document, 'V10'), ...allTools(document)],
  },
  V11: {
    title: 'The text does other things than the description says',
    severity: 'warning',
    kinds: skills,
    security: true,
    why: 'People and policies decide by the description.',
    needs: { words: fenceMarks },
    check: mismatches,
  },
  V12: byPatterns(
    { title: 'Concealment', why: 'There is no good reason to keep from users what their agent does.' },
    'V12',
  ),
  V13: byPatterns(
    { title: 'Limits of the model switched off', why: 'A skill has no business with what the model refuses.' },
    'V13',
  ),
  V14: {
    title: 'File that nobody can read',
    severity: 'warning',
    kinds: skills,
    security: true,
    why: 'Bytecode, archives and documents with macros run what no reader of the skill has seen.',
    check: (document, { files }) => strangeFiles(document, files),
  },
  V15: {
    title: 'Package',
    severity: 'warning',
    kinds: everything,
    security: true,
    why: 'A name that is one letter off is how hostile packages are spread; what is taken from a branch changes from day to day.',
    needs: { words: packageWords },
    check: (document) => packageHits(document),
  },
  V16: byPatterns(
    { title: 'Money', why: 'What is paid is gone; an agent should not do it without being asked each time.' },
    'V16',
  ),
  V17: {
    title: 'Runs without the model',
    severity: 'hint',
    kinds: ['skill', 'flatSkill', 'agent'],
    security: true,
    why: 'Dynamic commands run when the skill is loaded, and hooks at their events, before the model or a person has seen them.',
    needs: { keys: ['hooks'], words: ['!'] },
    check: inventory,
  },
  V18: {
    title: 'Changed since it was installed',
    severity: 'warning',
    kinds: skills,
    security: true,
    why: '`skills-lock.json` notes what the skill was when somebody took it in; this is something else.',
    check: (document, context) => {
      const locked = lockedHash(document, context)
      if (!locked || !document.fences) return []
      const now = skillHash(document, context.files)
      if (now === undefined || now === locked.hash) return []
      const message = 'The skill’s folder is not what `skills-lock.json` says was installed.'
      return [{ span: document.fences.open, message, related: [{ message: 'What was installed', path: locked.path }] }]
    },
  },
})

/** `*` as what a skill is allowed; agents that have all tools still ask before they use them. */
function allTools(document: SkillDocument): Hit[] {
  const value = soundEntry(document, 'allowed-tools')?.value
  const values = value?.kind === 'list' ? value.items : value ? [value] : []
  return values
    .filter(({ text }) => /^\s*\*\s*$/.test(text))
    .map(({ span }) => ({ span, message: 'This allows everything.' }))
}

const claims: readonly { readonly claim: RegExp; readonly breach: RegExp; readonly says: string }[] = [
  {
    claim:
      /\b(?:offline|no network|without (?:any )?network|never connects|local(?:ly)? only|runs (?:entirely|fully) locally)\b/i,
    breach:
      /\b(?:curl|wget)\s+[^\n]{0,80}https?:\/\/(?!localhost|127\.)\S{1,80}|\b(?:requests|httpx)\.(?:get|post|put)\(|\burllib\.request\.urlopen\(/i,
    says: 'The description says that the skill stays offline, but this goes to the network.',
  },
  {
    claim:
      /\b(?:read[- ]only|only reads|never (?:modifies|changes|writes|deletes)|does not (?:modify|change|write|delete)|without (?:modifying|changing))\b/i,
    breach: /^[ \t]*(?:\$ )?(?:rm|mv|git (?:push|commit|reset|checkout --)|sed -i|truncate|chmod|chown)\s[^\n]{0,80}/im,
    says: 'The description says that the skill only reads, but this changes something.',
  },
]

function mismatches(document: SkillDocument): Hit[] {
  const description = textOf(document, 'description')
  if (!description) return []
  return claims.flatMap(({ claim, breach, says }): Hit[] => {
    if (!claim.test(description.text)) return []
    for (const block of document.blocks) {
      if (block.type !== 'fence' || /^(?:json|ya?ml|diff|text|md|markdown)$/i.test(document.slice(block.info))) continue
      const match = breach.exec(document.slice(block.content).slice(0, 20_000))
      if (!match) continue
      const lead = match[0].length - match[0].trimStart().length
      const start = block.content.start + match.index + lead
      const span = { start, end: start + match[0].trim().length }
      return [
        { span, message: says, related: [{ message: 'What the description says', span: description.value.span }] },
      ]
    }
    return []
  })
}

function inventory(document: SkillDocument): Hit[] {
  const dynamic = document.commands
    .filter(({ runs }) => runs)
    .map(({ command }): Hit => ({ span: command, message: 'This runs as soon as the skill is loaded.' }))
  const hooks = soundEntry(document, 'hooks')?.value
  return [...dynamic, ...(hooks ? commandsOf(hooks) : [])]
}

function commandsOf(hooks: Value): Hit[] {
  return hooks.entries.flatMap((event) =>
    event.value.items.flatMap((group) =>
      (entryIn(group, 'hooks')?.value.items ?? []).flatMap((hook): Hit[] => {
        const what = entryIn(hook, 'command') ?? entryIn(hook, 'url')
        return what
          ? [{ span: what.value.span, message: `This runs at the event ${event.key}, without the model.` }]
          : []
      }),
    ),
  )
}

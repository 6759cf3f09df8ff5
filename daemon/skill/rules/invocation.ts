import { isOff, isOn } from '../clients/claudeBoolean.ts'
import { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import type { Entry } from '../document/value.ts'
import { actionVerbs, foregroundTools, sideEffect } from './actions.ts'
import { argumentVariables } from './argumentUse.ts'
import { hitOn, soundEntry, textOf } from './entries.ts'
import { type Hit, ruleTable } from './rule.ts'
import { toolList } from './toolList.ts'

const commands = ['skill', 'flatSkill'] as const
const mostAgents = 200

/** I: who starts a skill, and how. */
export const invocationRules = ruleTable({
  I01: {
    title: 'Nobody can start it',
    severity: 'warning',
    kinds: commands,
    why: 'The model may not start it and people cannot: it is never used.',
    source: 'claudeSkills',
    needs: { keys: ['user-invocable'] },
    check: (document) => {
      const model = soundEntry(document, 'disable-model-invocation')
      const user = soundEntry(document, 'user-invocable')
      if (!model || !user || !isOn(model.value) || !isOff(user.value)) return []
      const message = 'Neither people nor the model can start this skill.'
      return [{ span: user.keySpan, message, related: [{ message: 'Nor the model', span: model.keySpan }] }]
    },
  },
  I02: {
    title: 'Side effects on the model’s initiative',
    severity: 'information',
    kinds: commands,
    why: 'The model may start the skill whenever its description fits. With `disable-model-invocation: true` only people do.',
    source: 'claudeSkills',
    check: (document) => {
      const entry = textOf(document, 'description')
      const verb = entry && sideEffect.exec(entry.text.trim())?.[1]
      if (!verb || soundEntry(document, 'disable-model-invocation')) return []
      const at = document.slice(entry.value.span).indexOf(verb)
      if (at < 0) return []
      const start = entry.value.span.start + at
      const message = 'The model may start this by itself; `disable-model-invocation: true` leaves it to people.'
      const profiles = ['claude-code', 'vscode', 'copilot-cli', 'cursor', 'pi'] as const
      return [{ span: { start, end: start + verb.length }, message, profiles }]
    },
  },
  I03: {
    title: 'Fork without a task',
    severity: 'information',
    kinds: commands,
    why: 'A forked skill is all that the subagent gets to read: guidelines without a task lead nowhere.',
    source: 'claudeSkills',
    needs: { keys: ['context'] },
    check: (document) => {
      const entry = forkOf(document)
      if (!entry || document.body.end - document.body.start > 50_000 || hasTask(document)) return []
      const message = 'The subagent gets this text as its task, but the text asks for nothing.'
      return [{ span: entry.value.span, message, profiles: ['claude-code', 'spec'] }]
    },
  },
  I04: {
    title: 'Tool that is not there in the background',
    severity: 'information',
    kinds: commands,
    why: 'A forked skill runs in the background unless `background: false` says otherwise, and cannot ask anybody there.',
    source: 'claudeSkills',
    needs: { keys: ['context'] },
    check: (document) => {
      const background = soundEntry(document, 'background')
      if (!forkOf(document) || (background && isOff(background.value))) return []
      const profiles = ['claude-code'] as const
      const message = (name: string) =>
        `\`${name}\` is not there in the background; \`background: false\` brings it back.`
      const inGrants = (toolList(document, 'allowed-tools')?.grants ?? [])
        .filter(({ name }) => foregroundTools.includes(name))
        .map(({ nameSpan, name }): Hit => ({ span: nameSpan, message: message(name), profiles }))
      const body = document.slice(document.body)
      const inBody = foregroundTools.flatMap((name): Hit[] => {
        const at = body.indexOf(name)
        const start = document.body.start + at
        return at < 0 ? [] : [{ span: { start, end: start + name.length }, message: message(name), profiles }]
      })
      return [...inGrants, ...inBody]
    },
  },
  I05: {
    title: 'Arguments that nobody gives',
    severity: 'hint',
    kinds: commands,
    why: 'With `user-invocable: false` people do not type the command, so nobody sees the hint.',
    source: 'claudeSkills',
    needs: { keys: ['user-invocable'] },
    check: (document) => {
      const user = soundEntry(document, 'user-invocable')
      if (!user || !isOff(user.value)) return []
      return hitOn(document, 'argument-hint', ({ keySpan }) => ({
        span: keySpan,
        message: 'People cannot type this command, so nobody sees the hint.',
        faded: 'unnecessary',
      }))
    },
  },
  I06: {
    title: 'Agent whose skill the model may not use',
    severity: 'warning',
    kinds: ['skill'],
    why: 'An agent cannot preload a skill with `disable-model-invocation: true`; it starts without it.',
    source: 'claudeAgents',
    needs: { keys: ['disable-model-invocation'] },
    check: (document, { catalogue, files }) => {
      const entry = soundEntry(document, 'disable-model-invocation')
      const name = document.folder
      if (!entry || !isOn(entry.value) || name === undefined) return []
      const agents = catalogue.ofKind('agent').slice(0, mostAgents)
      const using = agents.filter(({ path }) => {
        const text = files.text(path)
        return text !== undefined && text !== 'missing' && text.includes(name) && skillsOf(path, text).includes(name)
      })
      if (using.length === 0) return []
      const related = using.map(({ path, name: agent }) => ({ message: `The agent ${agent}`, path }))
      const message = `The agent \`${using[0]!.name}\` lists this skill, but may not use it.`
      return [{ span: entry.keySpan, message, related, profiles: ['claude-code', 'spec'] }]
    },
  },
  I07: {
    title: 'Arguments where the model starts the skill',
    severity: 'information',
    kinds: ['skill'],
    why: 'opencode replaces `$ARGUMENTS` and `$1` in commands only: when the model loads a skill, they stay as they are.',
    source: 'opencodeSkills',
    check: (document) =>
      argumentVariables(document)
        .slice(0, 1)
        .map(({ span }) => ({
          span,
          message: 'opencode leaves this as it is when the model loads the skill.',
          profiles: ['opencode'] as const,
        })),
  },
})

function forkOf(document: SkillDocument): Entry | undefined {
  const entry = textOf(document, 'context')
  return entry?.text.trim() === 'fork' ? entry : undefined
}

/** Whether the body asks for something: arguments, a step, a sentence in the imperative. In other languages than English it may. */
function hasTask(document: SkillDocument): boolean {
  const body = document.slice(document.body)
  if (argumentVariables(document).length > 0 || document.commands.length > 0 || body.includes('?')) return true
  if (/[^\0-\u024F\u2000-\u206F\u2190-\u2BFF\u{1F000}-\u{1FAFF}]/u.test(body)) return true
  return document.blocks.some((block) => {
    if (block.type === 'heading')
      return /\b(?:task|steps?|workflow|process|instructions?|goal)\b/i.test(document.slice(block.title))
    if (block.type !== 'prose') return false
    if (block.item && /\d/.test(document.slice(block.item))) return true
    const words = document
      .slice(block.span)
      .matchAll(/(?:^|[.!:;,*_\n-]\s*|\b(?:and|then|to|must|should|first|please|you|will)\s+)([a-z]+)/gi)
    for (const [, word] of words) if (actionVerbs.has(word!.toLowerCase())) return true
    return false
  })
}

function skillsOf(path: string, text: string): string[] {
  const value = soundEntry(
    new SkillDocument({ uri: uriOf(path), languageId: 'markdown', version: 0, text }),
    'skills',
  )?.value
  if (value?.kind === 'list') return value.items.map((item) => item.text.trim())
  return value?.kind === 'text' ? value.text.split(/[\s,]+/) : []
}

import { type Entry, entryIn, type Value } from '../document/value.ts'
import { kindInWords, valueOrKey } from './entries.ts'
import { nearest } from './keyNames.ts'
import type { Hit } from './rule.ts'

/** The events that hooks can be for. */
const events = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionRequest',
  'PermissionDenied',
  'Notification',
  'UserPromptSubmit',
  'SessionStart',
  'SessionEnd',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'Setup',
  'TeammateIdle',
  'TaskCreated',
  'TaskCompleted',
  'ConfigChange',
  'InstructionsLoaded',
  'WorktreeCreate',
  'WorktreeRemove',
  'CwdChanged',
  'FileChanged',
  'Elicitation',
  'ElicitationResult',
]

/** What each type of hook must have. */
const needs: Readonly<Record<string, string>> = {
  command: 'command',
  prompt: 'prompt',
  agent: 'prompt',
  http: 'url',
  mcp_tool: 'tool',
}

/** Where hooks do not have the shape that settings give them: events, matchers, commands. */
export function hookHits(entry: Entry | undefined, isAgent = false): Hit[] {
  if (!entry) return []
  const { value } = entry
  if (value.kind !== 'map') {
    if (value.kind === 'empty') return []
    return [
      {
        span: valueOrKey(entry),
        message: `Hooks are a map of events, but YAML reads this as ${kindInWords(value)}.`,
        // VS Code looks at the hooks of agents, and at those of skills not at all.
        saidByEditor: isAgent,
      },
    ]
  }
  return value.entries.flatMap((event) => [...unknownEvent(event), ...groupsIn(event, isAgent)])
}

function unknownEvent({ key, keySpan }: Entry): Hit[] {
  if (events.includes(key)) return []
  const near =
    nearest(key, events) ?? events.find((event) => event.toLowerCase() === key.replaceAll(/[-_]/g, '').toLowerCase())
  if (near === undefined) {
    return [{ span: keySpan, message: `Claude Code’s documentation has no event \`${key}\`.`, severity: 'information' }]
  }
  return [{ span: keySpan, message: `There is no event \`${key}\`; did you mean \`${near}\`?`, data: { near } }]
}

function groupsIn(event: Entry, isAgent: boolean): Hit[] {
  if (event.value.kind !== 'list') {
    const message = `An event has a list of matchers with hooks, but YAML reads this as ${kindInWords(event.value)}.`
    return [{ span: valueOrKey(event), message, saidByEditor: isAgent }]
  }
  return event.value.items.flatMap((group): Hit[] => {
    if (group.kind !== 'map') return [{ span: group.span, message: 'This is a map with `matcher` and `hooks`.' }]
    const hooks = entryIn(group, 'hooks')
    if (!hooks) {
      const flat = entryIn(group, 'type') ?? entryIn(group, 'command')
      const message = flat ? 'Commands stand in a list `hooks` one level deeper.' : 'The list `hooks` is missing.'
      return [{ span: flat?.keySpan ?? group.span, message }]
    }
    if (hooks.value.kind !== 'list') return [{ span: valueOrKey(hooks), message: '`hooks` is a list.' }]
    return hooks.value.items.flatMap(hookHit)
  })
}

function hookHit(hook: Value): Hit[] {
  if (hook.kind !== 'map') return [{ span: hook.span, message: 'A hook is a map with `type`.' }]
  const type = entryIn(hook, 'type')
  if (!type) return [{ span: hook.span, message: 'A hook has a `type`: command, prompt, agent, http or mcp_tool.' }]
  const needed = needs[type.value.text]
  if (needed === undefined) {
    const near = nearest(type.value.text, Object.keys(needs))
    return [
      {
        span: valueOrKey(type),
        message: `A hook’s type is one of ${Object.keys(needs).join(', ')}.`,
        ...(near ? { data: { near } } : {}),
      },
    ]
  }
  const hits: Hit[] = []
  const target = entryIn(hook, needed)
  if (!target || target.value.text.trim() === '') {
    hits.push({
      span: target ? valueOrKey(target) : type.value.span,
      message: `A hook of type ${type.value.text} has a \`${needed}\`.`,
    })
  }
  const timeout = entryIn(hook, 'timeout')
  if (timeout && timeout.value.kind !== 'number')
    hits.push({ span: valueOrKey(timeout), message: '`timeout` is a number of seconds.' })
  const once = entryIn(hook, 'once')
  if (once && once.value.kind !== 'boolean') hits.push({ span: valueOrKey(once), message: '`once` is true or false.' })
  return hits
}

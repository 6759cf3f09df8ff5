import { useContext } from 'preact/hooks'
import { withRunner } from '#protocol/runnerWords.ts'
import { Icon, type IconName, Spinner } from '../icons.tsx'
import { Actions, Place } from '../pageContext.ts'
import { Exact, Output, Prose, useItemMemory } from '../text.tsx'
import type { ToolItem, ToolState } from '../transcriptItem.ts'
import { duration, phraseOf } from '../wording.ts'

/** A tool call in one line: what, how it went, how long. Unfolds to exactly what ran and what came of it. */
export function ToolCall({ item }: { item: ToolItem }) {
  const { folder } = useContext(Place)
  const [open, setOpen] = useItemMemory(`${item.key}:open`, false)
  const { verb, object, of } = phraseOf(item, folder)
  const short = object.length > 300 ? `${object.slice(0, 300)}…` : object
  return (
    <div class={`tool ${item.state}${open ? ' open' : ''}`}>
      <button type="button" class="line fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <StateIcon item={item} />
        <span class="grow ellipsis tool-phrase">
          <span class="verb">{verb}</span>{' '}
          {of === 'text' ? <Prose text={short} /> : <code>{<Exact text={short.replace(/\s*\n\s*/g, ' ⏎ ')} />}</code>}
        </span>
        <Result item={item} />
        <Icon name={open ? 'chevronDown' : 'chevronRight'} />
      </button>
      {open && <Details item={item} />}
    </div>
  )
}

const stateWords: Partial<Record<ToolState, string>> = {
  proposed: 'next',
  asking: 'asks you',
  denied: 'denied',
  cancelled: 'stopped',
  interrupted: 'interrupted',
}

function Result({ item: { state, summary, durationMs } }: { item: ToolItem }) {
  const words = stateWords[state] ?? summary
  const time = durationMs !== undefined && durationMs >= 1_000 && !summary?.includes(' s') ? duration(durationMs) : null
  return (
    <span class="result">
      {words && <Prose text={words.slice(0, 80)} />}
      {words && time && ' · '}
      {time}
    </span>
  )
}

function StateIcon({ item: { state, action, tool } }: { item: ToolItem }) {
  if (state === 'running') return <Spinner />
  if (state === 'error' || state === 'denied') return <Icon name="error" />
  return <Icon name={(action && byAction[action.type]) ?? byTool[tool] ?? 'tool'} />
}

const byAction: Record<string, IconName> = {
  command: 'terminal',
  read: 'file',
  list: 'folder',
  search: 'search',
  process: 'terminal',
  write: 'edit',
}
const byTool: Record<string, IconName> = Object.assign(Object.create(null), {
  exec: 'terminal',
  process: 'terminal',
  read_file: 'file',
  list_dir: 'folder',
  search: 'search',
  write_file: 'edit',
  edit_file: 'edit',
})

function Details({ item }: { item: ToolItem }) {
  const actions = useContext(Actions)
  const { session, folder } = useContext(Place)
  const { action, output, live, evidence } = item
  const { object, of } = phraseOf(item, folder)
  return (
    <div class="fold-body">
      {action?.type === 'command' ? (
        <pre class="output command">
          <Exact text={action.command} />
        </pre>
      ) : (
        showsArguments(item) && (
          <pre class="output command">
            <Exact text={pretty(item.arguments)} />
          </pre>
        )
      )}
      {live && <LiveOutput tail={live.tail} total={live.total} />}
      {output !== undefined && output !== '' && <Output text={output} label="Output" />}
      <div class="facts">
        {action?.type === 'command' && <span>in {action.cwd}</span>}
        {evidence && (
          <span>
            {evidence.active ? withRunner(`${evidence.kind} sandbox`, evidence.runner) : 'no sandbox'},{' '}
            {evidence.effective.network ? 'any public host' : 'hosts only as you allow them'}
            {evidence.limitsHit && `, ran into its limit on ${evidence.limitsHit.join(', ')}`}
          </span>
        )}
        {of === 'path' && action?.type === 'write' && item.state === 'ok' && (
          <button
            type="button"
            class="link"
            onClick={() => actions.command({ name: 'openChange', session, path: object })}
          >
            Show the change
          </button>
        )}
        {of === 'path' && action?.type === 'read' && item.state === 'ok' && !object.startsWith('/') && (
          <button type="button" class="link" onClick={() => actions.command({ name: 'openFile', path: object })}>
            Open the file
          </button>
        )}
      </div>
    </div>
  )
}

/** A path alone is in the line above already. */
function showsArguments({ arguments: sent, action }: ToolItem): boolean {
  return sent !== '' && sent !== '{}' && action?.type !== 'read' && action?.type !== 'list'
}

function LiveOutput({ tail, total }: { tail: string; total: number }) {
  const left = total - tail.length
  return (
    <Output
      text={left > 0 ? `[… ${left.toLocaleString('en')} characters before]\n${tail}` : tail}
      label="Output so far"
    />
  )
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2).replaceAll('\\n', '\n')
  } catch {
    return json
  }
}

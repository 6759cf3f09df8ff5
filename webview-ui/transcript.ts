import type { EventOf, LoggedEvent, SessionEvent, SessionEventType } from '#protocol/event.ts'
import type { LiveText } from '#protocol/session.ts'
import type { EndItem, Item, MovedItem, TaskFacts, TextItem, ToolItem } from './transcriptItem.ts'

/** A stretch of a session's log, folded into what is drawn. */
export interface Transcript {
  readonly items: readonly Item[]
  /** Tasks that go on at its end. */
  readonly open: ReadonlyMap<string, TaskFacts>
  /** The number of its first event; 0 where it holds none. */
  readonly first: number
}

export const emptyTranscript: Transcript = { items: [], open: new Map(), first: 0 }

/** Text of a running call that is held at most: the rest of it has scrolled by. */
const liveTail = 20_000
const pathsShown = 8

/** Takes in the events that follow. */
export function append(transcript: Transcript, events: readonly LoggedEvent[]): Transcript {
  if (events.length === 0) return transcript
  const draft: Draft = { items: [...transcript.items], open: new Map(transcript.open) }
  for (const { seq, at, event } of events) {
    const fold = folds[event.type] as ((draft: Draft, event: SessionEvent, seq: number, at: number) => void) | undefined
    fold?.(draft, event, seq, at)
  }
  const { items, open } = draft
  return { items, open, first: transcript.first || (events[0]?.seq ?? 0) }
}

/** Puts the page of the log that ends just before `transcript` in front of it. */
export function prepend(transcript: Transcript, events: readonly LoggedEvent[]): Transcript {
  const earlier = append(emptyTranscript, events)
  if (earlier.items.length === 0) return { ...transcript, first: earlier.first || transcript.first }
  const known = new Set(transcript.items.map(({ key }) => key))
  const begun = new Map(earlier.open)
  const later = transcript.items.map((item) => {
    if (item.type !== 'end' || item.facts.whole) return item
    const facts = begun.get(item.task)
    if (!facts) return item
    begun.delete(item.task)
    return { ...item, facts: join(facts, item.facts) }
  })
  const open = new Map(transcript.open)
  for (const [task, facts] of open) {
    const earlierFacts = begun.get(task)
    if (earlierFacts && !facts.whole) open.set(task, join(earlierFacts, facts))
  }
  return { items: [...earlier.items.filter(({ key }) => !known.has(key)), ...later], open, first: earlier.first }
}

/** Drops the oldest entries beyond about `limit`, where a task or a step begins; the log still has them. */
export function trim(transcript: Transcript, limit: number): Transcript {
  const surplus = transcript.items.length - limit
  if (surplus <= 0) return transcript
  const cut = transcript.items.findIndex((_, index) => index >= surplus && beginsPage(transcript.items, index))
  const begin = transcript.items[cut]
  if (!begin || !('seq' in begin)) return transcript
  return { ...transcript, items: transcript.items.slice(cut), first: begin.seq }
}

function beginsPage(items: readonly Item[], index: number): boolean {
  const item = items[index]!
  if (item.type === 'prompt') return true
  if (!('seq' in item) || item.seq === 0) return false
  const before = items[index - 1]
  return !before || !('step' in before) || before.task !== item.task || before.step !== item.step
}

export interface LiveDelta extends LiveText {
  readonly offset: number
}

/** Live text grew. Null: something before it was missed, subscribe anew. */
export function grow(transcript: Transcript, delta: LiveDelta): Transcript | null {
  const spoken = delta.part === 'reply' || delta.part === 'reasoning'
  return spoken ? growText(transcript, delta, delta.part as 'reply' | 'reasoning') : growOutput(transcript, delta)
}

/** Replaces all live text with what a subscription answered. */
export function setLive(transcript: Transcript, live: readonly LiveText[]): Transcript {
  const items = transcript.items
    .filter((item) => !(isText(item) && item.live))
    .map((item) => (item.type === 'tool' && item.live ? without(item, 'live') : item))
  return live.reduce<Transcript>((next, text) => grow(next, { ...text, offset: 0 }) ?? next, { ...transcript, items })
}

function growText(transcript: Transcript, delta: LiveDelta, type: 'reply' | 'reasoning'): Transcript | null {
  const { task, step, offset, text } = delta
  const key = `${type}:${task}/${step}`
  const at = transcript.items.findLastIndex((item) => item.key === key)
  const item = transcript.items[at] as TextItem | undefined
  if (item && !item.live) return transcript
  const have = item?.text ?? ''
  if (offset > have.length) return null
  const grown: TextItem = { type, key, seq: 0, task, step, text: have.slice(0, offset) + text, live: true }
  return { ...transcript, items: item ? transcript.items.with(at, grown) : [...transcript.items, grown] }
}

function growOutput(transcript: Transcript, { task, part, offset, text }: LiveDelta): Transcript | null {
  const at = transcript.items.findLastIndex(isCall(task, part))
  const item = transcript.items[at] as ToolItem | undefined
  if (item?.state !== 'running') return transcript
  const { tail, total } = item.live ?? { tail: '', total: 0 }
  if (offset > total) return null
  const kept = tail.slice(0, Math.max(0, tail.length - (total - offset)))
  const live = { tail: (kept + text).slice(-liveTail), total: offset + text.length }
  return { ...transcript, items: transcript.items.with(at, { ...item, live }) }
}

interface Draft {
  readonly items: Item[]
  readonly open: Map<string, TaskFacts>
  /** The newest one of a step, for the changes that it brought. */
  checkpoint?: string
}

type Folds = { [T in SessionEventType]?: (draft: Draft, event: EventOf<T>, seq: number, at: number) => void }

const folds: Folds = {
  taskStarted({ items, open }, { task, prompt, references = [], model, resumed }, seq, at) {
    items.push({ type: 'prompt', key: `prompt:${task}/${seq}`, seq, task, prompt, references, model, resumed })
    if (!resumed || !open.has(task)) {
      open.set(task, { startedAt: at, endedAt: at, steps: 0, tokens: 0, whole: !resumed })
    }
  },
  stepStarted(draft, { task, step }, _seq, at) {
    const facts = draft.open.get(task) ?? { startedAt: at, endedAt: at, steps: 0, tokens: 0, whole: false }
    draft.open.set(task, { ...facts, steps: step })
    dropLive(draft, task)
  },
  modelRetried(draft, { task, step, attempt, reason, delayMs }, seq) {
    dropLive(draft, task)
    const last = draft.items.at(-1)
    const again = last?.type === 'retry' && last.task === task && last.step === step
    const key = again ? last.key : `retry:${seq}`
    put(draft, again ? draft.items.length - 1 : -1, { type: 'retry', key, task, step, attempt, reason, delayMs })
  },
  modelReplied(draft, { task, step, text, reasoning = '', calls, usage }, seq) {
    const facts = draft.open.get(task)
    if (facts && usage) {
      draft.open.set(task, { ...facts, tokens: facts.tokens + usage.inputTokens + usage.outputTokens })
    }
    settle(draft, { type: 'reasoning', seq, task, step, text: reasoning })
    settle(draft, { type: 'reply', seq, task, step, text })
    for (const { id, tool, arguments: sent } of calls) {
      const key = callKey(draft, task, step, id)
      draft.items.push({ type: 'tool', key, seq, task, step, call: id, tool, arguments: sent, state: 'proposed' })
    }
  },
  toolStarted(draft, { task, step, call, tool, action, decision }, seq) {
    const [at, item] = toolOf(draft, { seq, task, step, call, tool })
    put(draft, at, { ...item, action, decision, state: 'running' })
  },
  toolFinished(draft, { task, step, call, outcome, output, summary, durationMs, evidence }, seq) {
    const [at, item] = toolOf(draft, { seq, task, step, call, tool: 'tool' })
    const finished: ToolItem = { ...without(item, 'live'), state: outcome, output, summary, durationMs }
    put(draft, at, evidence ? { ...finished, evidence } : finished)
  },
  approvalAsked(draft, { approval }) {
    const at = draft.items.findLastIndex(isCall(approval.task, approval.call))
    const tool = draft.items[at] as ToolItem | undefined
    // A command that asks about a host goes on running meanwhile.
    if (tool && approval.action.type !== 'connect')
      draft.items[at] = { ...tool, action: approval.action, state: 'asking' }
    const sent = tool?.arguments ? { arguments: tool.arguments } : {}
    const item: Item = { type: 'approval', key: `approval:${approval.id}`, approval, ...sent }
    draft.items.splice(at < 0 ? draft.items.length : at + 1, 0, item)
  },
  approvalAnswered({ items }, { approval, outcome, by }) {
    const at = items.findLastIndex((item) => item.key === `approval:${approval}`)
    const item = items[at]
    if (item?.type !== 'approval') return
    items[at] = { ...item, answer: { outcome, by } }
    const tool = items.findLastIndex(isCall(item.approval.task, item.approval.call))
    const asking = items[tool]
    if (asking?.type === 'tool' && asking.state === 'asking') items[tool] = { ...asking, state: 'proposed' }
  },
  checkpointMade(draft, { checkpoint, task, step }) {
    if (step > 0) draft.checkpoint = checkpoint
    const at = step > 0 ? -1 : draft.items.findLastIndex((item) => item.type === 'prompt' && item.task === task)
    const prompt = draft.items[at]
    if (prompt?.type === 'prompt') draft.items[at] = { ...prompt, checkpoint }
  },
  layerRewound: ({ items }, { files, by }, seq) =>
    void items.push({ type: 'rewound', key: `rewound:${seq}`, files, by }),
  modeChanged: ({ items }, { mode, by }, seq) => void items.push({ type: 'mode', key: `mode:${seq}`, mode, by }),
  connectionDecided({ items }, { call, command, decision, times = 1 }, seq) {
    const same = (item: Item) =>
      item.type === 'host' &&
      item.call === call &&
      item.decision.host === decision.host &&
      item.decision.port === decision.port &&
      item.decision.verdict === decision.verdict
    const at = items.findLastIndex(same)
    const known = items[at]
    if (known?.type === 'host') items[at] = { ...known, times: Math.max(known.times, times) }
    else {
      const of = { ...(call !== undefined && { call }), ...(command !== undefined && { command }) }
      items.push({ type: 'host', key: `host:${seq}`, ...of, decision, times })
    }
  },
  changesChanged(draft, { files, additions, deletions, paths }, seq) {
    // What a keep or a discard did is told by the line of its own.
    if (paths.length === 0) return
    const again = draft.items.at(-1)?.type === 'changes'
    const key = again ? draft.items.at(-1)!.key : `changes:${seq}`
    const checkpoint = draft.checkpoint === undefined ? {} : { checkpoint: draft.checkpoint }
    put(draft, again ? draft.items.length - 1 : -1, {
      type: 'changes',
      key,
      files,
      additions,
      deletions,
      paths,
      ...checkpoint,
    })
  },
  changeKept: (draft, { path, hunks, by }, seq) => moved(draft, 'kept', path, hunks, by, seq),
  changeDiscarded: (draft, { path, hunks, by }, seq) => moved(draft, 'discarded', path, hunks, by, seq),
  taskCompleted: (draft, { task }, seq, at) => ended(draft, { task, end: 'completed' }, seq, at),
  taskFailed: (draft, { task, failure }, seq, at) => ended(draft, { task, end: 'failed', failure }, seq, at),
  taskCancelled: (draft, { task, by }, seq, at) => ended(draft, { task, end: 'cancelled', by }, seq, at),
}

function ended(draft: Draft, end: Pick<EndItem, 'task' | 'end' | 'failure' | 'by'>, seq: number, at: number) {
  const { items, open } = draft
  const { task } = end
  const facts = open.get(task) ?? { startedAt: at, endedAt: at, steps: 0, tokens: 0, whole: false }
  open.delete(task)
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index]!
    if (item.type === 'prompt' && item.task === task) break
    if (isText(item) && item.task === task && item.live) items[index] = { ...item, live: false }
    if (item.type === 'tool' && item.task === task && isUnfinished(item)) {
      items[index] = { ...without(item, 'live'), state: end.end === 'cancelled' ? 'cancelled' : 'interrupted' }
    }
    if (item.type === 'approval' && item.approval.task === task && !item.answer) {
      items[index] = { ...item, answer: 'withdrawn' }
    }
  }
  items.push({ type: 'end', key: `end:${seq}`, ...end, facts: { ...facts, endedAt: at } })
}

function moved(
  draft: Draft,
  verb: MovedItem['verb'],
  path: string,
  hunks: number | undefined,
  by: string,
  seq: number,
) {
  const last = draft.items.at(-1)
  const again = last?.type === 'moved' && last.verb === verb && last.by === by ? last : undefined
  const entry = hunks === undefined ? { path } : { path, hunks }
  const paths = again ? again.paths : []
  put(draft, again ? draft.items.length - 1 : -1, {
    type: 'moved',
    key: again?.key ?? `moved:${seq}`,
    verb,
    by,
    paths: paths.length < pathsShown ? [...paths, entry] : paths,
    count: (again?.count ?? 0) + 1,
  })
}

function settle(draft: Draft, said: Omit<TextItem, 'key' | 'live'>) {
  const key = `${said.type}:${said.task}/${said.step}`
  const at = draft.items.findLastIndex((item) => item.key === key)
  if (said.text.trim() !== '') put(draft, at, { ...said, key, live: false })
  else if (at >= 0) draft.items.splice(at, 1)
}

function dropLive({ items }: Draft, task: string) {
  for (let index = items.length - 1; index >= 0 && items[index]?.type !== 'prompt'; index--) {
    const item = items[index]!
    if (isText(item) && item.task === task && item.live) items.splice(index, 1)
  }
}

/** The call's unfinished entry and where it is; -1 and a new one where the page of the log does not hold it. */
function toolOf(draft: Draft, of: Pick<ToolItem, 'seq' | 'task' | 'step' | 'call' | 'tool'>): [number, ToolItem] {
  const called = isCall(of.task, of.call)
  const at = draft.items.findLastIndex((item) => called(item) && isUnfinished(item as ToolItem))
  const item = draft.items[at]
  if (item?.type === 'tool') return [at, item]
  return [-1, { type: 'tool', key: callKey(draft, of.task, of.step, of.call), arguments: '', state: 'proposed', ...of }]
}

/** Ids come from the model and may repeat. */
function callKey({ items }: Draft, task: string, step: number, call: string): string {
  const key = `call:${task}/${step}/${call}`
  return items.some((item) => item.key === key) ? `${key}#${items.length}` : key
}

const isCall = (task: string, call: string) => (item: Item) =>
  item.type === 'tool' && item.task === task && item.call === call

function put({ items }: Draft, at: number, item: Item) {
  if (at < 0) items.push(item)
  else items[at] = item
}

function isText(item: Item): item is TextItem {
  return item.type === 'reply' || item.type === 'reasoning'
}

function isUnfinished({ state }: ToolItem): boolean {
  return state === 'proposed' || state === 'asking' || state === 'running'
}

function without({ live: _, ...item }: ToolItem, _key: 'live'): ToolItem {
  return item
}

function join(earlier: TaskFacts, later: TaskFacts): TaskFacts {
  return {
    ...later,
    startedAt: earlier.startedAt,
    steps: Math.max(earlier.steps, later.steps),
    tokens: earlier.tokens + later.tokens,
    whole: earlier.whole,
  }
}

import type { EventOf, LoggedEvent, SessionEvent, ToolCall } from '#protocol/event.ts'
import { conversationLimit, fitMessages, messageSize } from './fitMessages.ts'
import { goOn, isGoOn } from './goOn.ts'
import type { UnfinishedCall } from './loop.ts'
import type { Message } from './model.ts'
import { promptMessage } from './promptMessage.ts'

export interface Conversation {
  /** Earlier tasks of the session in order, then the task itself; well-formed once `unfinished` is answered. */
  readonly messages: Message[]
  /** The number of the task's last step, 0 before the first. */
  readonly stepsDone: number
  /** Calls of the task's last step that have no result, in order. */
  readonly unfinished: UnfinishedCall[]
}

/** What the model has to be told to go on with `task`, rebuilt from the log. Bounded, however long the log is. */
export function conversation(events: Iterable<LoggedEvent>, task: string): Conversation {
  const rebuilding = new Rebuilding(task)
  for (const { event } of events) rebuilding.take(event)
  return rebuilding.end()
}

interface OpenStep {
  readonly step: number
  readonly text: string
  readonly calls: readonly ToolCall[]
  readonly cut: boolean
  readonly outputs: Map<string, string>
  readonly progress: Map<string, UnfinishedCall['progress']>
}

interface TaskTalk {
  prompt: Message
  closed: Message[]
  closedSize: number
  open: OpenStep | undefined
  steps: number
}

class Rebuilding {
  readonly #task: string
  #earlier: Message[] = []
  readonly #tasks = new Map<string, TaskTalk>()
  #notes: string[] = []
  /** How the task before this one ended, where that was not well. */
  #ending: string | undefined

  constructor(task: string) {
    this.#task = task
  }

  take(event: SessionEvent): void {
    const taker = takers[event.type] as ((talk: Rebuilding, event: SessionEvent) => void) | undefined
    taker?.(this, event)
  }

  submitted({ task, ...prompt }: EventOf<'taskSubmitted' | 'taskStarted'>): void {
    if (task !== this.#task || this.#tasks.has(task)) return
    this.#tasks.set(task, emptyTalk(promptMessage(prompt, [])))
  }

  started({ task, ...prompt }: EventOf<'taskStarted'>): void {
    for (const id of [...this.#tasks.keys()]) if (id !== task && id !== this.#task) this.#close(id)
    const ending = this.#ending
    this.#ending = undefined
    const known = this.#tasks.get(task)
    const notes = ending === undefined ? this.#notes : [ending, ...this.#notes]
    if (known && known.steps > 0) this.#resumed(known)
    else this.#tasks.set(task, emptyTalk(promptMessage(prompt, notes)))
    this.#notes = []
  }

  /** Its prompt is the one message that stays however long the talk becomes, and no call's result is in the way there. */
  #resumed(talk: TaskTalk): void {
    if (this.#notes.length > 0 && talk.prompt.role === 'user') {
      talk.prompt = { role: 'user', text: `[Since this task began: ${this.#notes.join(' ')}]\n\n${talk.prompt.text}` }
    }
  }

  ended(how: string): void {
    this.#ending = how
  }

  note(text: string): void {
    if (this.#notes.length < 20) this.#notes.push(text)
  }

  of(task: string): TaskTalk | undefined {
    return this.#tasks.get(task)
  }

  openOf(task: string, step: number): OpenStep | undefined {
    const open = this.#tasks.get(task)?.open
    return open?.step === step ? open : undefined
  }

  end(): Conversation {
    const talk = this.#tasks.get(this.#task)
    for (const id of [...this.#tasks.keys()]) if (id !== this.#task) this.#close(id)
    if (!talk) return { messages: fitMessages(this.#earlier), stepsDone: 0, unfinished: [] }
    const { open, steps, prompt, closed } = talk
    const unfinished: UnfinishedCall[] = (open?.calls ?? [])
      .filter(({ id }) => !open?.outputs.has(id))
      .map((call) => ({
        ...call,
        step: open?.step ?? steps,
        progress: open?.progress.get(call.id) ?? 'new',
        ...(open?.cut && { cut: true }),
      }))
    const last = open ? stepMessages(open, false) : []
    return { messages: fitMessages([...this.#earlier, prompt, ...closed, ...last]), stepsDone: steps, unfinished }
  }

  #close(id: string): void {
    const talk = this.#tasks.get(id)
    if (!talk) return
    closeStep(talk)
    // Nobody is to go on with a reply of a task that has ended.
    const last = talk.closed.at(-1)
    if (last && isGoOn(last)) talk.closed.pop()
    this.#earlier.push(talk.prompt, ...talk.closed)
    this.#earlier = fitMessages(this.#earlier)
    this.#tasks.delete(id)
  }
}

/** What an event adds; those that are not here are none of the model's business. */
const takers: { [T in SessionEvent['type']]?: (talk: Rebuilding, event: EventOf<T>) => void } = {
  taskSubmitted: (talk, event) => talk.submitted(event),
  taskStarted: (talk, event) => talk.started(event),
  stepStarted: (talk, { task, step }) => {
    const known = talk.of(task)
    if (known) known.steps = Math.max(known.steps, step)
  },
  modelReplied: (talk, { task, step, text, calls, cut = false }) => {
    const known = talk.of(task)
    if (!known) return
    closeStep(known)
    known.steps = Math.max(known.steps, step)
    known.open = { step, text, calls, cut, outputs: new Map(), progress: new Map() }
  },
  approvalAsked: (talk, { approval }) => {
    const open = talk.of(approval.task)?.open
    if (open && !open.progress.has(approval.call)) open.progress.set(approval.call, 'asked')
  },
  toolStarted: (talk, { task, step, call }) => talk.openOf(task, step)?.progress.set(call, 'started'),
  toolFinished: (talk, { task, step, call, output }) => talk.openOf(task, step)?.outputs.set(call, output),
  changeKept: (talk, { path }) => talk.note(`The user kept ${JSON.stringify(path)}.`),
  changeDiscarded: (talk, { path, hunks }) =>
    talk.note(`The user discarded ${hunks === undefined ? '' : 'parts of '}the changes to ${JSON.stringify(path)}.`),
  layerRewound: (talk, { files }) => {
    if (files > 0)
      talk.note(`The user took ${files === 1 ? 'a file' : `${files} files`} back to an earlier state; ${readAgain}`)
  },
  taskCancelled: (talk) => talk.ended('The user stopped the task before this one.'),
  taskFailed: (talk, { failure }) => talk.ended(`The task before this one failed: ${failure.message.slice(0, 300)}`),
}

const readAgain = 'read files again before you rely on what they were.'

function emptyTalk(prompt: Message): TaskTalk {
  return { prompt, closed: [], closedSize: 0, open: undefined, steps: 0 }
}

function closeStep(talk: TaskTalk): void {
  if (!talk.open) return
  for (const message of stepMessages(talk.open, true)) {
    talk.closed.push(message)
    talk.closedSize += messageSize(message)
  }
  talk.open = undefined
  if (talk.closedSize <= 2 * conversationLimit) return
  talk.closed = fitMessages(talk.closed)
  talk.closedSize = talk.closed.reduce((size, message) => size + messageSize(message), 0)
}

/** The step's messages. `closed`: its calls that have no result get one that says so. */
function stepMessages({ text, calls, cut, outputs, progress }: OpenStep, closed: boolean): Message[] {
  if (text === '' && calls.length === 0) return []
  const results = calls.flatMap(({ id }): Message[] => {
    const output = outputs.get(id) ?? (closed ? noResult(progress.get(id)) : undefined)
    return output === undefined ? [] : [{ role: 'tool', call: id, output }]
  })
  return [{ role: 'assistant', text, calls }, ...results, ...(cut && calls.length === 0 ? [goOn] : [])]
}

function noResult(progress: UnfinishedCall['progress'] | undefined): string {
  return progress === 'started'
    ? 'The task ended while this call ran; it may have run in part.'
    : 'This call was not run: the task ended before.'
}

import type { SessionEvent } from '#protocol/event.ts'
import type { Failure } from '#protocol/task.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { askModel } from './askModel.ts'
import type { BackgroundProcesses } from './background.ts'
import { distinctCalls } from './distinctCalls.ts'
import { conversationLimit, fitMessages, messageSize } from './fitMessages.ts'
import type { Gate } from './gate.ts'
import { goOn } from './goOn.ts'
import type { Message, Model } from './model.ts'
import { CallRunner } from './runCall.ts'
import { failureOf, storeFailure, TaskFailure } from './taskFailure.ts'
import type { Tool } from './tool.ts'

const defaultMaxSteps = 200

/**
 * Works on a task until the model asks for nothing more. Never rejects: trouble, bugs included, is in the answer. Every
 * event is stored before the next thing is done, so that whatever ends the daemon, the log says where to go on.
 */
export async function runTask(params: LoopParams): Promise<LoopEnd> {
  const emit: LoopParams['emit'] = (event) => {
    try {
      params.emit(event)
    } catch (error) {
      throw storeFailure(error)
    }
  }
  try {
    await run({ ...params, emit })
    return { type: 'completed' }
  } catch (error) {
    return params.signal.aborted ? { type: 'cancelled' } : { type: 'failed', failure: failureOf(error) }
  }
}

export interface LoopParams {
  readonly task: string
  readonly model: Model
  readonly tools: readonly Tool[]
  /** Opens (or answers the open) sandbox; called when the first tool needs it. Rejects with a ProtocolError. */
  readonly sandbox: () => Promise<Sandbox>
  readonly root: string
  readonly system: string
  /** The conversation so far, the task's prompt included; after an interruption also its finished steps. */
  readonly messages: readonly Message[]
  /** Steps that the task has already had. */
  readonly stepsDone: number
  /** Calls of the last step that have no result yet: what an interruption left. They are decided and run first. */
  readonly unfinished: readonly UnfinishedCall[]
  readonly gate: Gate
  readonly beforeWrite: (path: string, bytes: Uint8Array | null, mode: number) => Promise<void>
  /** Called after the calls of a step ran: the session looks at the layer here. */
  readonly afterStep: (step: number) => Promise<void>
  /** Called before a call that may destroy what cannot be had back: the layer as it is then can be gone back to. */
  readonly remember: (step: number) => Promise<void>
  readonly network: CommandNames
  readonly background: BackgroundProcesses
  /** Stores an event before the loop goes on. Throws where the store cannot take it. */
  readonly emit: (event: SessionEvent) => void
  /** Text for those who watch; not stored. */
  readonly live: (step: number, part: string, text: string) => void
  readonly signal: AbortSignal
  readonly maxSteps?: number
}

/** Whose connections are whose: each command runs under a tag, which its connections are decided by. */
interface CommandNames {
  begin(call: { task: string; step: number; call: string; command: string; anyPublicHost: boolean }): string
  /** The call has ended. */
  end(tag: string): void
  /** A person is being asked for it: its time limit waits too. */
  waits(tag: string): boolean
}

export interface UnfinishedCall {
  readonly step: number
  readonly id: string
  readonly tool: string
  readonly arguments: string
  /** `asked`: it waits for its approval. `started`: it may have run; it is not run again. `new`: neither. */
  readonly progress: 'new' | 'asked' | 'started'
  /** The reply that asked for it was cut by the provider's limit. */
  readonly cut?: boolean
}

export type LoopEnd =
  | { readonly type: 'completed' }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'cancelled' }

async function run(params: LoopParams): Promise<void> {
  const { task, model, system, signal, emit, afterStep, stepsDone, maxSteps = defaultMaxSteps } = params
  const runner = new CallRunner(params)
  const talk = new Talk(params.messages)
  const tools = params.tools.map(({ spec }) => spec)

  await ranCalls(
    () => afterStep(params.unfinished[0]?.step ?? stepsDone),
    params.unfinished,
    async (call) => {
      const { step, progress, cut } = call
      const output = progress === 'started' ? runner.interrupted(step, call) : await runner.run(step, call, cut)
      talk.add({ role: 'tool', call: call.id, output })
    },
  )
  if (talk.isAnswered) return

  for (let step = stepsDone + 1; step <= stepsDone + maxSteps; step++) {
    signal.throwIfAborted()
    emit({ type: 'stepStarted', task, step })
    const live = (part: string, text: string) => params.live(step, part, text)
    const reply = await askModel({
      model,
      request: { system, messages: talk.messages, tools },
      task,
      step,
      emit,
      live,
      signal,
    })
    const { text, reasoning, usage, finish } = reply
    const calls = distinctCalls(reply.calls, step)
    const cut = finish === 'length'
    emit({
      type: 'modelReplied',
      task,
      step,
      text,
      calls,
      ...(reasoning && { reasoning }),
      ...(usage && { usage }),
      ...(cut && { cut }),
    })
    talk.add({ role: 'assistant', text, calls })
    if (calls.length === 0 && !cut) return
    if (calls.length === 0) talk.add(goOn)
    await ranCalls(
      () => afterStep(step),
      calls,
      async (call) => {
        talk.add({ role: 'tool', call: call.id, output: await runner.run(step, call, cut) })
      },
    )
  }
  throw new TaskFailure({
    code: 'stepLimit',
    message: `The task has had ${maxSteps} steps.`,
    fix: 'Resume it to give it as many again.',
  })
}

/** Runs the calls in order. However that ends, the layer is looked at once when any of them may have run. */
async function ranCalls<Call>(
  afterStep: () => Promise<void>,
  calls: readonly Call[],
  run: (call: Call) => Promise<void>,
): Promise<void> {
  if (calls.length === 0) return
  try {
    for (const call of calls) await run(call)
  } catch (error) {
    // What went wrong first is what the user has to hear of.
    await afterStep().catch(() => {})
    throw error
  }
  await afterStep()
}

/** The conversation as it grows, made to fit when it grows too big. */
class Talk {
  #messages: Message[] = []
  #size = 0

  constructor(messages: readonly Message[]) {
    for (const message of messages) this.add(message)
  }

  add(message: Message): void {
    this.#messages.push(message)
    this.#size += messageSize(message)
  }

  get messages(): readonly Message[] {
    if (this.#size > conversationLimit) {
      this.#messages = fitMessages(this.#messages)
      this.#size = this.#messages.reduce((size, message) => size + messageSize(message), 0)
    }
    return this.#messages
  }

  /** The model has already said its last word: only the note of it was missing. */
  get isAnswered(): boolean {
    const last = this.#messages.at(-1)
    return last?.role === 'assistant' && last.calls.length === 0
  }
}

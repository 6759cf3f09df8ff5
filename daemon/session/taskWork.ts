import type { SessionEvent } from '#protocol/event.ts'
import type { Task } from '#protocol/task.ts'
import type { BackgroundProcesses } from '../agent/background.ts'
import { conversation } from '../agent/conversation.ts'
import type { Gate } from '../agent/gate.ts'
import { type LoopEnd, type LoopParams, runTask } from '../agent/loop.ts'
import { type PromptParams, systemPrompt } from '../agent/prompt/systemPrompt.ts'
import { failureOf, TaskFailure } from '../agent/taskFailure.ts'
import type { Layer } from '../layer/layer.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { DeletionWatch } from './deletionWatch.ts'
import type { SessionLog } from './log.ts'
import type { Parts } from './parts.ts'
import { projectInstructions } from './projectInstructions.ts'
import { projectSkills } from './projectSkills.ts'
import type { SessionChanges } from './sessionChanges.ts'
import type { SessionSandbox } from './sessionSandbox.ts'

/** What a session works on its tasks with. */
export interface TaskWork extends Pick<Parts, 'model' | 'tools' | 'skills'> {
  readonly log: SessionLog
  readonly layer: Layer
  readonly gate: Gate
  readonly sandbox: SessionSandbox
  readonly changes: SessionChanges
  readonly network: LoopParams['network']
  readonly background: BackgroundProcesses
  /** The daemon is going. */
  readonly stopped: () => boolean
}

/** Works on a task until it ends, from where its log says that it is. What it leaves running where it did not complete is killed. */
export async function workOnTask(work: TaskWork, task: Task, resumed: boolean, signal: AbortSignal): Promise<LoopEnd> {
  const end = await work.sandbox
    .use(() => run(work, task, resumed, signal))
    .catch((error: unknown): LoopEnd => ({ type: 'failed', failure: failureOf(error) }))
  if (end.type !== 'completed') await work.sandbox.killAll()
  return end
}

async function run(work: TaskWork, task: Task, resumed: boolean, signal: AbortSignal): Promise<LoopEnd> {
  const { log, tools, gate, changes, network, background, stopped } = work
  const { unsandboxed = false } = log.state
  const { id, prompt, references } = task
  const model = await work.model(resumed ? modelOf(log, id) : undefined)
  const started: SessionEvent = { type: 'taskStarted', task: id, prompt, model: model.name, resumed }
  if (references) started.references = references
  log.append(started)
  const sandbox = await work.sandbox.renewed()
  const { root } = sandbox
  await changes.checkpoint(id, 0)
  const deletions = new DeletionWatch(await changes.look())
  const { messages, stepsDone, unfinished } = conversation(log.all(), id)
  return runTask({
    task: id,
    model,
    tools,
    sandbox: () => work.sandbox.get(),
    root,
    system: systemPrompt({ root, unsandboxed, ...(await projectLayers(sandbox, work)) }),
    messages,
    stepsDone,
    unfinished,
    gate,
    beforeWrite: async (path, bytes, mode) => {
      const prefix = `${root}/`
      if (path.startsWith(prefix)) await work.layer.rememberBase(path.slice(prefix.length), bytes, mode)
    },
    afterStep: async (step) => {
      await changes.checkpoint(id, step)
      const failure = deletions.after(await changes.look(), step)
      await work.sandbox.refresh()
      if (failure) throw new TaskFailure(failure)
    },
    remember: async (step) => {
      deletions.allow()
      await changes.checkpoint(id, step - 1)
    },
    network,
    background,
    // As after a crash: what the daemon's end breaks off has no word of its own in the log.
    emit: (event) => {
      if (!stopped()) log.append(event)
    },
    live: (step, part, text) => log.grow(id, step, part, text),
    signal,
  })
}

/** The model that it was last started on. */
function modelOf(log: SessionLog, task: string): string | undefined {
  let model: string | undefined
  for (const { event } of log.all()) if (event.type === 'taskStarted' && event.task === task) model = event.model
  return model
}

/** What the project itself says to agents. */
async function projectLayers(
  sandbox: Sandbox,
  { skills }: TaskWork,
): Promise<Pick<PromptParams, 'instructions' | 'skills' | 'unreadSkills'>> {
  const [instructions, found] = await Promise.all([
    projectInstructions(sandbox),
    skills().then((reading) => projectSkills(sandbox, reading)),
  ])
  return { instructions, skills: found.skills, unreadSkills: found.unread }
}

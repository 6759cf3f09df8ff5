import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import { DaemonError } from '#client/daemonError.ts'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import { visible } from '#protocol/visible.ts'
import { connectCli } from './daemon.ts'
import { exitCodes } from './exitCodes.ts'
import { changeLine, progressOf } from './progress.ts'
import { TerminalQuestions } from './terminalQuestions.ts'
import { UsageError } from './usage.ts'

const options = {
  folder: { type: 'string' },
  session: { type: 'string' },
  json: { type: 'boolean' },
  wait: { type: 'boolean' },
} as const

type Ending = Extract<SessionEvent, { type: 'taskCompleted' | 'taskFailed' | 'taskCancelled' }>

/** `paddock run`: one task through the daemon, from the prompt to the list of changes. */
export async function runCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const prompt = positionals.join(' ').trim()
  if (!prompt) throw new UsageError('What is the task? paddock run "<prompt>"')
  const json = values.json === true
  const client = await connectCli(true)
  try {
    await configureModel(client)
    const session = values.session ?? (await newSession(client, values.folder ?? '.'))
    const ending = await follow(client, session, prompt, json, values.wait === true)
    await listChanges(client, session, json)
    return exitCode(ending)
  } finally {
    client.close()
  }
}

async function configureModel(client: DaemonClient): Promise<void> {
  const { PADDOCK_MODEL: model, OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey } = process.env
  if (!model) return
  await client.request('model/configure', { model, ...(baseUrl ? { baseUrl } : {}), ...(apiKey ? { apiKey } : {}) })
}

async function newSession(client: DaemonClient, folder: string): Promise<string> {
  const { session } = await client.request('session/create', { folder: resolve(folder) })
  return session.id
}

/** Submits and shows every event of the task until it ends. Ctrl+C cancels it. */
async function follow(
  client: DaemonClient,
  session: string,
  prompt: string,
  json: boolean,
  wait: boolean,
): Promise<Ending> {
  let task: string | undefined
  const early: LoggedEvent[] = []
  const { promise, resolve: end, reject } = Promise.withResolvers<Ending>()
  const interrupt = () => void client.request('task/cancel', { session, task: task as string }).catch(reject)
  const questions = new TerminalQuestions(process.stdin, process.stdout, interrupt)
  /** By approval: withdraws the question where it still stands at the terminal. */
  const asked = new Map<string, AbortController>()
  const withdrawAll = (why: string) => {
    for (const question of asked.values()) question.abort(why)
  }
  const decide = async (approval: Approval): Promise<void> => {
    if (wait) return
    const question = new AbortController()
    asked.set(approval.id, question)
    const outcome = process.stdin.isTTY && !json ? await questions.ask(approval, question.signal) : nobodyThere
    asked.delete(approval.id)
    if (outcome) await answer(client, approval.id, outcome)
  }
  const show = (logged: LoggedEvent) => {
    const { event } = logged
    if (event.type === 'approvalAnswered') asked.get(event.approval)?.abort('Answered elsewhere.')
    if (isEnding(event) && event.task === task) withdrawAll('The task has ended.')
    if (json) process.stdout.write(`${JSON.stringify(logged)}\n`)
    else process.stdout.write(progressOf(event))
    if (event.type === 'approvalAsked' && event.approval.task === task) decide(event.approval).catch(reject)
    if (isEnding(event) && event.task === task) end(event)
  }
  client.on('session/events', ({ session: of, events }) => {
    if (of !== session) return
    for (const logged of events) task === undefined ? early.push(logged) : show(logged)
  })
  client.closed.then(() => reject(new DaemonError('The daemon went away; the task can be resumed.')))
  const { state } = await client.request('session/subscribe', { session })
  ;({ task } = await client.request('task/submit', { session, prompt }))
  for (const logged of early) if (logged.seq > state.seq) show(logged)
  process.once('SIGINT', interrupt)
  try {
    return await promise
  } finally {
    withdrawAll('The question is withdrawn.')
    process.off('SIGINT', interrupt)
  }
}

const nobodyThere: Outcome = {
  type: 'deny',
  guidance: 'Nobody can answer here: the task runs from a command line without a terminal.',
}

async function answer(client: DaemonClient, approval: string, outcome: Outcome): Promise<void> {
  try {
    await client.request('approval/answer', { approval, outcome })
  } catch (error) {
    // Another window was first: its answer is the one, and is shown as it comes.
    if (!(error instanceof DaemonError) || error.data?.type !== 'approvalAlreadyAnswered') throw error
  }
}

async function listChanges(client: DaemonClient, session: string, json: boolean): Promise<void> {
  const { changes, skipped } = await client.request('change/list', { session })
  if (json) return void process.stdout.write(`${JSON.stringify({ changes, skipped })}\n`)
  for (const { path, why } of skipped) process.stdout.write(`\nLeft out: ${visible(path)} (${visible(why)})\n`)
  if (changes.length === 0) return void process.stdout.write('\nNo changes.\n')
  process.stdout.write(`\nChanges, in the layer of session ${session}; your files are as they were:\n`)
  for (const change of changes) process.stdout.write(`  ${changeLine(change)}\n`)
}

function isEnding(event: SessionEvent): event is Ending {
  return event.type === 'taskCompleted' || event.type === 'taskFailed' || event.type === 'taskCancelled'
}

function exitCode(ending: Ending): number {
  if (ending.type === 'taskCompleted') return exitCodes.ok
  if (ending.type === 'taskCancelled') return exitCodes.cancelled
  return ending.failure.code === 'sandboxUnavailable' ? exitCodes.unavailable : exitCodes.failed
}

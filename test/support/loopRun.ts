import type { Decision } from '#protocol/approval.ts'
import type { EventOf, SessionEvent } from '#protocol/event.ts'
import { BackgroundProcesses } from '../../daemon/agent/background.ts'
import type { Allowed, Gate } from '../../daemon/agent/gate.ts'
import { type LoopEnd, type LoopParams, runTask } from '../../daemon/agent/loop.ts'
import type { Model, ModelReply } from '../../daemon/agent/model.ts'
import { tools } from '../../daemon/agent/tools/tools.ts'
import { type MemorySandbox, memorySandbox } from './memorySandbox.ts'

export const decision: Decision = { verdict: 'allow', rule: 'test', risk: 'low', reason: 'A test.' }
export const allowed: Allowed = { type: 'allowed', decision }
export const allowAll: Gate = { pass: async () => allowed, stillAllows: async () => true }

export interface Ran {
  readonly end: LoopEnd
  readonly events: SessionEvent[]
  readonly live: string[]
  readonly afterSteps: number
}

/** Runs a task with what is given and the plainest of everything else. */
export async function run(params: Partial<LoopParams> & { model: Model; box?: MemorySandbox }): Promise<Ran> {
  const { box = memorySandbox(), ...rest } = params
  const events: SessionEvent[] = []
  const live: string[] = []
  let afterSteps = 0
  const end = await runTask({
    task: 't',
    tools: tools(),
    sandbox: async () => box,
    root: '/project',
    system: 'Be good.',
    messages: [{ role: 'user', text: 'Do it.' }],
    stepsDone: 0,
    unfinished: [],
    gate: allowAll,
    beforeWrite: async () => {},
    afterStep: async () => {
      afterSteps++
    },
    remember: async () => {},
    background: new BackgroundProcesses(() => {}),
    network: { begin: () => 'tag', end: () => {}, waits: () => false },
    emit: (event) => events.push(event),
    live: (step, part, text) => live.push(`${step} ${part} ${text}`),
    signal: new AbortController().signal,
    ...rest,
  })
  return { end, events, live, afterSteps }
}

export const types = ({ events }: Ran) => events.map(({ type }) => type).join(' ')
export const finished = ({ events }: Ran): EventOf<'toolFinished'>[] =>
  events.filter((event) => event.type === 'toolFinished')
export const outcomes = (ran: Ran) => finished(ran).map(({ outcome, output }) => `${outcome}: ${output}`)
export const failure = ({ end }: Ran) => (end.type === 'failed' ? end.failure : undefined)
export const failing = (
  code: 'modelRateLimited' | 'modelError',
  retry: boolean,
  retryAfterMs?: number,
): ModelReply => ({
  type: 'failure',
  failure: { code, message: 'No.' },
  retry,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

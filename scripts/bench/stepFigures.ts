import type { ScriptedCall } from '../../daemon/agent/models/scripted.ts'
import { type Figure, median, percentile } from './figure.ts'
import { forkAndExec } from './forkAndExec.ts'
import { ground } from './ground.ts'
import { highestMemoryOf, memoryOf } from './processMemory.ts'

const steps = 190

/** What a step costs beside the model: from the end of its reply to the next request, with the sandbox on. */
export async function stepFigures(): Promise<Figure[]> {
  const limit = { name: 'fork+exec of true', value: median(await forkAndExec()) }
  const exec = await gaps((i) => ({ tool: 'exec', arguments: { command: 'true', purpose: String(i) } }))
  const write = await gaps((i) => ({ tool: 'write_file', arguments: { path: 'b.txt', content: `${i}\n` } }))
  const figure = (name: string, samples: readonly number[]): Figure => ({
    name,
    value: median(samples),
    p95: percentile(samples, 95),
    unit: 'ms',
    limit,
    aim: 10,
  })
  const tenth = exec.gaps.length / 10
  return [
    figure('step, exec true', exec.gaps),
    figure('step, file write', write.gaps),
    {
      name: 'step, last tenth of 190',
      value: median(exec.gaps.slice(-tenth)),
      unit: 'ms',
      limit: { name: 'first tenth', value: median(exec.gaps.slice(0, tenth)) },
    },
    { name: 'first request', value: exec.firstBytes / 1000, unit: 'kB', aim: 8 },
    { name: 'submit to first model request', value: exec.toFirst, unit: 'ms' },
    { name: 'daemon memory, running session', value: exec.memory, unit: 'MB', aim: 90 },
    { name: 'daemon memory, at its highest', value: exec.highest, unit: 'MB' },
    { name: '20,000-delta answer, submit to end', value: await longAnswer(), unit: 'ms' },
  ]
}

interface Gaps {
  readonly gaps: number[]
  readonly firstBytes: number
  readonly toFirst: number
  readonly memory: number
  readonly highest: number
}

async function gaps(call: (step: number) => ScriptedCall): Promise<Gaps> {
  const place = ground()
  try {
    const client = await place.connect()
    const found: number[] = []
    let firstBytes = 0
    let firstAt = 0
    let replied = 0
    let memory = 0
    let highest = 0
    await place.script(client, ({ number, messages, tools, model }) => {
      const now = performance.now()
      if (number === 1) {
        firstBytes = Buffer.byteLength(JSON.stringify({ model, messages, tools, stream: true }))
        firstAt = now
      } else found.push(now - replied)
      if (number === steps) {
        memory = memoryOf(client.pid)
        highest = highestMemoryOf(client.pid)
      }
      // The reply is a few chunks on loopback: its end is as good as this moment plus the same for every step.
      setImmediate(() => {
        replied = performance.now()
      })
      return number > steps ? { type: 'reply', text: 'Done.' } : { type: 'reply', calls: [call(number)] }
    })
    const { session } = await client.request('session/create', { folder: place.folder })
    const begin = performance.now()
    await place.run(client, session.id, 'go')
    return { gaps: found, firstBytes, toFirst: firstAt - begin, memory, highest }
  } finally {
    await place.leave()
  }
}

async function longAnswer(): Promise<number> {
  const place = ground()
  try {
    const client = await place.connect()
    const delta = (content: string, finish_reason: string | null = null) => ({
      id: 'x',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content }, finish_reason }],
    })
    const events = [...Array.from({ length: 20_000 }, (_, i) => delta(`word${i} `)), delta('', 'stop')]
    await place.script(client, () => ({ type: 'raw', events, end: 'done' }))
    const { session } = await client.request('session/create', { folder: place.folder })
    const begin = performance.now()
    await place.run(client, session.id, 'talk')
    return performance.now() - begin
  } finally {
    await place.leave()
  }
}

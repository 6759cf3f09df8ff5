import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, type Watched, watch } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const sessions = 8
const rounds = 4
const mark = `parallel-${process.pid}-${Date.now()}`

let daemon: TestDaemon
let windows: readonly [DaemonClient, DaemonClient]
let provider: ScriptedProvider
beforeEach(async () => {
  daemon = testDaemon()
  writeFileSync(join(daemon.folder, 'shared.txt'), sharedText(new Map()))
  windows = [await daemon.connect('window 1'), await daemon.connect('window 2')]
  provider = await useScript(windows[0], ({ messages }) => {
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    const [, number, round] = /session (\d+) round (\d+)$/.exec(messages[lastUser]?.content ?? '') ?? []
    const done = messages.slice(lastUser).filter(({ role }) => role === 'assistant').length
    const step = stepsOf(Number(number), Number(round))[done]
    return step ? { type: 'reply', calls: step.calls } : { type: 'reply', text: 'Done.' }
  })
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

/** Each session's own line of a file that all of them edit, with room between. */
function sharedText(said: ReadonlyMap<number, string>): string {
  const part = (_: unknown, number: number) =>
    `above ${number}\nline ${number}: ${said.get(number) ?? ''}\nbelow ${number}\n\n`
  return Array.from({ length: sessions }, part).join('')
}

/** What there is in a session's own folder, by path. */
type Files = ReadonlyMap<string, string>

interface Step {
  readonly calls: readonly ScriptedCall[]
  /** What becomes of its own folder. */
  readonly change: (files: Map<string, string>) => void
}

function stepsOf(number: number, round: number): readonly Step[] {
  const own = `s${number}`
  const exec = (command: string, more = {}): ScriptedCall => ({ tool: 'exec', arguments: { command, ...more } })
  const edit = { path: 'shared.txt', old_text: `line ${number}: `, new_text: `line ${number}: ${round}` }
  return [
    {
      calls: [
        { tool: 'write_file', arguments: { path: `${own}/written${round}`, content: `${round}\n` } },
        { tool: 'edit_file', arguments: edit },
      ],
      change: (files) => files.set(`${own}/written${round}`, `${round}\n`),
    },
    {
      calls: [
        exec(`rm -f ${own}/written${round - 1}; mkdir -p ${own}/d; echo ${round} >> ${own}/d/log`),
        exec(`exec -a ${mark} sleep 1000`, { background: true }),
      ],
      change(files) {
        files.delete(`${own}/written${round - 1}`)
        files.set(`${own}/d/log`, `${files.get(`${own}/d/log`) ?? ''}${round}\n`)
      },
    },
    {
      calls: [exec(`curl -sS --max-time 60 http://h${number}.invalid:8080/ 2>&1; echo $? > /dev/null`)],
      change: () => {},
    },
    {
      calls: [
        exec(
          `for i in 1 2 3; do echo $i > ${own}/many$i; done; rm ${own}/d/log; rmdir ${own}/d; mkdir ${own}/d; echo ${round} > ${own}/d/log`,
        ),
      ],
      change(files) {
        for (const i of [1, 2, 3]) files.set(`${own}/many${i}`, `${i}\n`)
        files.set(`${own}/d/log`, `${round}\n`)
      },
    },
  ]
}

/** One session, and what it should be. */
class Worker {
  readonly #number: number
  readonly #watched: readonly [Watched, Watched]
  readonly #session: { session: string }
  #layer: Files = new Map()
  user: Files = new Map()

  constructor(number: number, watched: readonly [Watched, Watched]) {
    this.#number = number
    this.#watched = watched
    this.#session = { session: watched[0].id }
  }

  async work(): Promise<void> {
    for (let round = 1; round <= rounds; round++) {
      const window = windows[(this.#number + round) % 2]!
      const prompt = `session ${this.#number} round ${round}`
      const states = [this.#layer]
      for (const { change } of stepsOf(this.#number, round)) {
        const files = new Map(states.at(-1))
        change(files)
        states.push(files)
      }
      const { task } = await window.request('task/submit', { ...this.#session, prompt })
      await this.#answer(round)
      expect(await this.#watched[0].ended(task), prompt).toMatchObject({ type: 'taskCompleted' })
      this.#layer = states.at(-1)!
      await this.check(`${prompt}, after its task`)
      await this.#review(window, task, states)
      await this.check(`${prompt}, after its review`)
    }
  }

  /** Both windows answer at once; one of them wins. */
  async #answer(round: number): Promise<void> {
    const { id: approval, action } = await this.#watched[1].asked(round)
    expect(action).toMatchObject({ type: 'connect', host: `h${this.#number}.invalid` })
    const outcome = { type: round % 2 ? 'deny' : 'allowOnce' } as const
    const answers = windows.map((window) => window.request('approval/answer', { approval, outcome }))
    const settled = await Promise.allSettled(answers)
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  }

  /** A person looks: takes the layer back a step or two, keeps one file, discards another. */
  async #review(window: DaemonClient, task: string, states: readonly Files[]): Promise<void> {
    const { checkpoints } = await window.request('checkpoint/list', this.#session)
    for (const step of [1, 2, 4].slice((this.#number + states[0]!.size) % 3)) {
      const { id } = checkpoints.find((each) => each.task === task && each.step === step)!
      const { result } = await window.request('checkpoint/rewind', { ...this.#session, checkpoint: id })
      expect(result).toMatchObject({ type: 'rewound' })
      this.#layer = states[step]!
      await this.check(`back at step ${step}`)
    }
    const [kept, discarded] = this.#differing()
    if (kept !== undefined) {
      const keep = { ...this.#session, selections: [{ path: kept }] }
      expect((await window.request('change/keep', keep)).results).toMatchObject([{ type: 'kept', path: kept }])
      this.user = copied(kept, this.#layer, this.user)
    }
    if (discarded !== undefined) {
      const discard = { ...this.#session, selections: [{ path: discarded }] }
      const { results } = await window.request('change/discard', discard)
      expect(results).toMatchObject([{ type: 'discarded', path: discarded }])
      this.#layer = copied(discarded, this.user, this.#layer)
    }
  }

  #differing(): string[] {
    const paths = new Set([...this.#layer.keys(), ...this.user.keys()])
    return [...paths].filter((path) => this.#layer.get(path) !== this.user.get(path)).toSorted()
  }

  /** The layer's changes and the user's files are what they should be; nobody else's work shows. */
  async check(when: string): Promise<void> {
    const { changes } = await windows[0].request('change/list', this.#session)
    const paths = changes.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from]))
    expect(paths.filter((path) => path !== 'shared.txt').toSorted(), when).toEqual(this.#differing())
    for (const path of this.#differing()) {
      const read = { ...this.#session, path, side: 'layer' } as const
      const text = this.#layer.get(path)
      const { content } = await windows[1].request('change/read', read)
      expect(content, `${when}: ${path}`).toEqual(text === undefined ? { type: 'absent' } : { type: 'text', text })
    }
    const own = join(daemon.folder, `s${this.#number}`)
    const found = existsSync(own) ? readdirSync(own, { recursive: true, withFileTypes: true }) : []
    const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    expect(
      new Map(files.map((path) => [path.slice(daemon.folder.length + 1), readFileSync(path, 'utf8')])),
      when,
    ).toEqual(this.user)
  }

  /** Every number once, the same for both windows, and one answer for each question. */
  async checkLog(): Promise<void> {
    const [one, two] = this.#watched
    await eventually(() => two.events.length).toBe(one.events.length)
    expect(one.events.map(({ seq }) => seq)).toEqual(one.events.map((_, index) => index + 1))
    expect(two.events).toEqual(one.events)
    const { length } = one.ofType('approvalAsked')
    expect([length, one.ofType('approvalAnswered').length]).toEqual([rounds, rounds])
    expect(one.ofType('taskCompleted')).toHaveLength(rounds)
    expect(one.ofType('toolStarted')).toHaveLength(one.ofType('toolFinished').length)
  }

  async keepShared(): Promise<string> {
    const selections = [{ path: 'shared.txt' }]
    const { results } = await windows[this.#number % 2]!.request('change/keep', { ...this.#session, selections })
    return results[0]?.type ?? 'nothing'
  }

  async end(): Promise<void> {
    await windows[0].request('session/delete', this.#session)
  }
}

function copied(path: string, from: Files, to: Files): Files {
  const files = new Map(to)
  const text = from.get(path)
  if (text === undefined) files.delete(path)
  else files.set(path, text)
  return files
}

function running(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(mark)
    } catch {
      return false
    }
  })
}

/** Control groups of this daemon, which names them by its process. */
function groupsOf(pid: number): string[] {
  const top = '/sys/fs/cgroup'
  const hierarchies = [top, ...readdirSync(top).map((name) => join(top, name))]
  const names = hierarchies.flatMap((folder) => (lstatSync(folder).isDirectory() ? readdirSync(folder) : []))
  return names.filter((name) => name.startsWith('paddock-') && name.includes(`-${pid}.`))
}

test('eight sessions on one folder, two windows: every log is whole, every layer and the folder hold what they should, nothing is left', {
  timeout: 400_000,
}, async () => {
  const workers = await Promise.all(
    Array.from({ length: sessions }, async (_, number) => {
      const { session } = await windows[0].request('session/create', { folder: daemon.folder, title: `${number}` })
      return new Worker(number, [await watch(windows[0], session.id), await watch(windows[1], session.id)])
    }),
  )
  await Promise.all(workers.map((worker) => worker.work()))
  for (const worker of workers) {
    await worker.check('at the end')
    await worker.checkLog()
  }
  // All edited a file of their own lines: whoever keeps it later is merged with those before.
  const kept = await Promise.all(workers.map((worker) => worker.keepShared()))
  for (const type of kept) expect(['kept', 'nothing']).toContain(type)
  const shared = readFileSync(join(daemon.folder, 'shared.txt'), 'utf8')
  for (const [number, type] of kept.entries()) {
    if (type === 'kept') expect(shared).toMatch(new RegExp(`^line ${number}: \\d+$`, 'm'))
  }
  expect(running().length).toBeGreaterThan(0)
  await Promise.all(workers.map((worker) => worker.end()))
  await eventually(running).toEqual([])
  expect((await windows[0].request('daemon/status', {})).openSandboxes).toBe(0)
  expect(readdirSync(join(daemon.dataFolder, 'layers'))).toEqual([])
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(daemon.dataFolder)
  expect(groupsOf(windows[0].pid)).toEqual([])
})

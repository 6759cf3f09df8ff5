import { chmod, lstat, mkdir, readdir, readFile, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Layer } from '../../daemon/layer/layer.ts'
import { type AgentShell, Bench, type LayerKind } from './bench.ts'

/** What lies at each path: kind, mode, target, and a file's lines. */
type Entries = Map<string, string>

export type Act =
  | { by: 'agent'; line: string }
  | { by: 'user'; does: 'write' | 'save' | 'insert' | 'remove' | 'makeFolder' | 'chmod'; path: string }
  | { by: 'daemon'; does: 'changes' | 'checkpoint' | 'keepAll' | 'keepSome' | 'discardAll' | 'discardSome' | 'remount' }
  | { by: 'daemon'; does: 'rewind'; to: number }

const files = ['a', 'b', 'd/a', 'd/b', 'd/s/c', 'e/x', 'n/new', 'l']
const folders = ['d', 'd/s', 'e', 'n']
const file = fc.constantFrom(...files)
const folder = fc.constantFrom(...folders)
const any = fc.constantFrom(...files, ...folders)

const agentLine = fc.oneof(
  file.map((path) => `mkdir -p "$(dirname ${path})" && echo TOKEN > ${path}`),
  file.map((path) => `test -f ${path} && echo TOKEN >> ${path}`),
  file.map((path) => `test -f ${path} && sed -i '1s/^/TOKEN\\n/' ${path}`),
  fc
    .tuple(file, fc.constantFrom('600', '644', '755'))
    .map(([path, mode]) => `test -f ${path} && chmod ${mode} ${path}`),
  any.map((path) => `rm -rf ${path}`),
  fc.tuple(any, any).map(([from, to]) => `mv -T ${from} ${to}`),
  fc.tuple(file, any).map(([path, to]) => `ln -sfn ${to} ${path}`),
  folder.map((path) => `mkdir -p ${path}`),
  folder.map((path) => `test ! -L ${path} && chmod 700 ${path}`),
  folder.map((path) => `rm -rf ${path}; mkdir -p ${path}; echo TOKEN > ${path}/a`),
)

/** What an agent, a user and the daemon may do, in any order. */
export const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: agentLine.map((line): Act => ({ by: 'agent', line })) },
  {
    weight: 3,
    arbitrary: fc.record({
      by: fc.constant('user' as const),
      does: fc.constantFrom('write', 'save', 'insert', 'remove', 'makeFolder', 'chmod'),
      path: any,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constant('daemon' as const),
      does: fc.constantFrom('changes', 'checkpoint', 'keepAll', 'keepSome', 'discardAll', 'discardSome', 'remount'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ by: fc.constant('daemon' as const), does: fc.constant('rewind' as const), to: fc.nat(9) }),
  },
)

/** Does what is to be done with a real layer, and checks after each step what must hold. */
export async function playActs(kind: LayerKind, acts: readonly Act[]): Promise<void> {
  const bench = await Bench.make(kind, {
    a: 'a1\na2\na3\na4\n',
    b: 'b\n',
    'd/a': 'da1\nda2\nda3\n',
    'd/s/c': 'c\n',
    'e/x': 'x\n',
  })
  try {
    const play = await Play.begin(bench)
    for (const next of acts) await play.do(next)
    await play.do({ by: 'daemon', does: 'remount' })
  } finally {
    await bench.dispose()
  }
}

interface Remembered {
  readonly name: string
  readonly seen: Entries
  /** How much the user had done when the layer was mounted: of what came then the agent may see an older state. */
  readonly userActs: number
}

class Play {
  readonly #bench: Bench
  readonly #layer: Layer
  #shell: AgentShell
  #tokens = 0
  readonly #userActs: string[] = []
  readonly #userModes = new Set<string>()
  /** How much the user had done when the layer was mounted. */
  #mountedAfter = 0
  readonly #checkpoints: Remembered[] = []
  /** Lines of the user's that the agent ever had before it. */
  readonly #agentSaw = new Set<string>()

  private constructor(bench: Bench, layer: Layer, shell: AgentShell) {
    this.#bench = bench
    this.#layer = layer
    this.#shell = shell
  }

  static async begin(bench: Bench): Promise<Play> {
    const { layer, shell } = await bench.open()
    await bench.pastMount()
    return new Play(bench, layer, shell)
  }

  async do(next: Act): Promise<void> {
    const user = await this.#user()
    if (next.by === 'agent') {
      await this.#shell.run(`( ${next.line.replaceAll('TOKEN', this.#token('agent'))} ) 2>/dev/null || true`)
    } else if (next.by === 'user') await this.#userDoes(next)
    else if (next.does === 'rewind') await this.#rewind(next.to)
    else await this.#daemonDoes(next.does)
    const mayWrite = next.by === 'user' || (next.by === 'daemon' && next.does.startsWith('keep'))
    if (!mayWrite) expect(await this.#user(), 'only the user and keep write the user’s files').toEqual(user)
    for (const text of (await this.#seen()).values()) for (const line of text.split('\n')) this.#agentSaw.add(line)
  }

  async #userDoes({ does, path }: Extract<Act, { by: 'user' }>): Promise<void> {
    const at = join(this.#bench.folder, path)
    await this.#touched(does, path)
    const old = await readFile(at, 'utf8').catch(() => '')
    const line = `${this.#token('user')}\n`
    try {
      if (does === 'remove') await rm(at, { recursive: true })
      else if (does === 'makeFolder') await mkdir(at, { recursive: true })
      else if (does === 'chmod') await chmod(at, 0o640)
      else {
        await mkdir(dirname(at), { recursive: true })
        if (does === 'write') await writeFile(at, old + line)
        else {
          await writeFile(join(this.#bench.root, 'saved'), does === 'insert' ? line + old : line)
          await rename(join(this.#bench.root, 'saved'), at)
        }
      }
    } catch {
      // Not everything can be done everywhere.
    }
    await this.#touched(does, path)
  }

  /** A link that was kept leads what the user does to the file behind it. */
  async #touched(does: string, path: string): Promise<void> {
    const behind = await realpath(join(this.#bench.folder, path)).catch(() => undefined)
    for (const touched of behind ? [path, behind.slice(this.#bench.folder.length + 1)] : [path]) {
      this.#userActs.push(touched)
      if (does === 'chmod') this.#userModes.add(touched)
    }
  }

  async #daemonDoes(does: Exclude<Extract<Act, { by: 'daemon' }>['does'], 'rewind'>): Promise<void> {
    const layer = this.#layer
    if (does === 'changes') await this.#checkChanges()
    if (does === 'checkpoint') {
      const name = `${this.#checkpoints.length}`
      const isStored = await layer.checkpoint(name)
      const seen = await this.#seen()
      const last = this.#checkpoints.at(-1)
      if (isStored) this.#checkpoints.push({ name, seen, userActs: this.#mountedAfter })
      else expect(this.#without(seen, last!.userActs)).toEqual(this.#without(last!.seen, last!.userActs))
    }
    if (does === 'keepAll' || does === 'keepSome') await this.#keep(does === 'keepAll')
    if (does === 'discardAll' || does === 'discardSome') await this.#discard(does === 'discardAll')
    if (does === 'remount') await this.#remount()
  }

  /** What differs is listed, and nothing else; where the user was at work since the mount, both may be right. */
  async #checkChanges(): Promise<void> {
    const all = await this.#listed()
    const differing = (await this.#differing(all)).filter((path) => !this.#isMoved(path))
    expect(
      all.filter((path) => !this.#isMoved(path)),
      'changes',
    ).toEqual(differing)
  }

  async #keep(all: boolean): Promise<void> {
    const [user, seen] = [await this.#user(), await this.#seen()]
    const changes = await this.#layer.changes()
    const chosen = all ? changes : changes.filter((_, at) => at % 2 === 0)
    const results = await this.#layer.keep(all ? 'all' : chosen.map(({ path }) => ({ path })))
    const now = await this.#user()
    const kept = new Set(results.filter(({ type }) => type === 'kept').map(({ path }) => path))
    const ends = chosen.filter(({ path }) => kept.has(path)).flatMap(({ path, from }) => (from ? [path, from] : [path]))
    for (const path of differences(user, now)) expect(ends, 'written without being kept').toContain(path)
    for (const { path, baseMoved } of chosen) {
      if (!kept.has(path) || baseMoved || this.#isMoved(path)) continue
      if (isFolder(now.get(path))) continue
      const wanted = fileAt(seen, path)
      // A mode that only the user changed stays the user's.
      const merged = this.#userModes.has(path) ? withModeOf(fileAt(user, path), wanted) : wanted
      expect([wanted, merged], `kept ${path}`).toContain(fileAt(now, path))
    }
    const [before, after] = [userLines(user), userLines(now)]
    for (const line of before) {
      if (!after.has(line)) expect(this.#agentSaw, `the user’s ${line} is lost`).toContain(line)
    }
    for (const { path } of results.filter(({ type }) => type === 'conflict' || type === 'refused')) {
      expect(fileAt(now, path)).toBe(fileAt(user, path))
    }
  }

  async #discard(all: boolean): Promise<void> {
    const changes = await this.#layer.changes()
    const chosen = all ? changes : changes.filter((_, at) => at % 2 === 0)
    const selections = all ? 'all' : chosen.map(({ path }) => ({ path }))
    const results = await this.#layer.discard(selections, this.#shell.files)
    const [user, seen] = [await this.#user(), await this.#seen()]
    const gone = new Set(results.filter(({ type }) => type === 'discarded').map(({ path }) => path))
    for (const { path, from } of chosen.filter(({ path }) => gone.has(path))) {
      for (const end of from ? [path, from] : [path]) {
        expect(fileAt(seen, end), `discarded ${end}`).toBe(fileAt(user, end))
      }
    }
    const left = new Set(await this.#listed())
    for (const path of gone) expect(left, 'discarded').not.toContain(path)
  }

  async #rewind(to: number): Promise<void> {
    const then = this.#checkpoints[to % Math.max(this.#checkpoints.length, 1)]
    if (!then) return
    const result = await this.#layer.rewind(then.name, this.#shell.files)
    expect(result).toMatchObject({ type: 'rewound' })
    const seen = await this.#seen()
    expect(this.#without(seen, then.userActs), `rewound to ${then.name}`).toEqual(
      this.#without(then.seen, then.userActs),
    )
    await this.#checkChanges()
    expect(await this.#layer.rewind(then.name, this.#shell.files)).toMatchObject({ files: 0 })
    expect(await this.#seen(), 'rewound twice').toEqual(seen)
  }

  /** As when a session is opened again: then the agent sees the user's files wherever there is no change. */
  async #remount(): Promise<void> {
    const listed = await this.#listed()
    await this.#shell.close()
    await this.#layer.prune()
    this.#shell = await this.#bench.mount(this.#layer)
    await this.#bench.pastMount()
    this.#mountedAfter = this.#userActs.length
    expect(await this.#listed(), 'changes after the mount').toEqual(listed)
    expect(await this.#differing(listed), 'what differs after the mount').toEqual(listed)
  }

  /**
   * Where agent and user see other things. What the user made, or changed before the layer first looked at it, where the
   * agent has a folder or a file, or in a folder that it removed, is not seen, and is not the agent's to have deleted.
   */
  async #differing(listed: readonly string[]): Promise<string[]> {
    const [seen, user] = [await this.#seen(), await this.#user()]
    const isHidden = (path: string) => fileAt(seen, path) === undefined && this.#isMoved(path, 0)
    return differences(seen, user).filter((path) => listed.includes(path) || !isHidden(path))
  }

  async #listed(): Promise<string[]> {
    const changes = await this.#layer.changes()
    return changes.flatMap(({ path, from }) => (from ? [path, from] : [path])).sort()
  }

  #isMoved(path: string, since = this.#mountedAfter): boolean {
    return this.#userActs.slice(since).some((touched) => related(path, touched))
  }

  /** Without what the user touched since, and without folders: those that hold nothing come and go with the user's. */
  #without(entries: Entries, since: number): Entries {
    return new Map([...entries].filter(([path, entry]) => !isFolder(entry) && !this.#isMoved(path, since)))
  }

  #token(who: string): string {
    this.#tokens += 1
    return `${who}${this.#tokens}`
  }

  async #seen(): Promise<Entries> {
    const said = await this.#shell.run(
      `( find . -mindepth 1 -printf '%y %m %P\\t%l\\n'; echo /; grep -rsH '' . ) 2>/dev/null || true`,
    )
    const [names, lines] = said.split('/\n', 2) as [string, string]
    return parse(said.startsWith('/\n') ? '' : names, said.slice(names.length + 2) || lines)
  }

  async #user(): Promise<Entries> {
    const entries: Entries = new Map()
    for (const entry of await readdir(this.#bench.folder, { recursive: true, withFileTypes: true })) {
      const at = join(entry.parentPath, entry.name)
      const path = at.slice(this.#bench.folder.length + 1)
      const mode = ((await lstat(at)).mode & 0o777).toString(8)
      if (entry.isDirectory()) entries.set(path, `d ${mode}`)
      else if (entry.isSymbolicLink()) entries.set(path, `l ${await readlink(at)}`)
      else entries.set(path, `f ${mode}\n${await readFile(at, 'utf8')}`)
    }
    return entries
  }
}

function parse(names: string, lines: string): Entries {
  const entries: Entries = new Map()
  for (const line of names.split('\n').slice(0, -1)) {
    const [head, target] = line.split('\t') as [string, string]
    const [type, mode, path] = head.split(' ') as [string, string, string]
    entries.set(path, type === 'l' ? `l ${target}` : type === 'f' ? `f ${mode}\n` : `d ${mode}`)
  }
  for (const line of lines.split('\n').slice(0, -1)) {
    const [, path, text] = /^\.\/([^:]*):(.*)$/.exec(line) as unknown as [string, string, string]
    entries.set(path, `${entries.get(path)}${text}\n`)
  }
  return entries
}

/** Paths at which there is another file, link or nothing. */
function differences(a: Entries, b: Entries): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => fileAt(a, path) !== fileAt(b, path)).sort()
}

function fileAt(entries: Entries, path: string): string | undefined {
  const entry = entries.get(path)
  return isFolder(entry) ? undefined : entry
}

function withModeOf(from: string | undefined, entry: string | undefined): string | undefined {
  const mode = from && /^f \d+/.exec(from)?.[0]
  return mode && entry?.replace(/^f \d+/, mode)
}

function isFolder(entry: string | undefined): boolean {
  return entry?.startsWith('d ') === true
}

function related(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}

function userLines(entries: Entries): Set<string> {
  return new Set([...entries.values()].flatMap((text) => text.split('\n')).filter((line) => line.startsWith('user')))
}

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { OpenParams, Sandbox, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import type { SandboxFolders } from '../../test/support/sandboxFolders.ts'
import { type Figure, median, percentile, sampled, time } from './figure.ts'
import { forkAndExec } from './forkAndExec.ts'
import { type BenchedKind, sandboxKinds } from './sandboxKinds.ts'
import { fill, onWorkspace } from './workspaceGround.ts'

const commands = 1_000
const megabytes = 100
const manySandboxes = 200
const openedAtOnce = 8

/** What each kind of sandbox costs that this machine can run: to open, to run commands in, to read from, to leave open. */
export async function sandboxFigures(): Promise<Figure[]> {
  return await onWorkspace(async (folders) => {
    fill(folders.workspace, 1_000)
    const fork = { name: 'fork+exec of true', value: median(await forkAndExec(400)) }
    const figures: Figure[] = []
    for (const kind of await sandboxKinds(folders.data)) {
      const params = () => folders.layer()
      const provider = kind.provider(folders.data)
      try {
        figures.push(...(await openFigures(kind, folders, params)))
        const before = await kind.memory()
        const sandbox = await provider.open(params())
        try {
          figures.push(...(await useFigures(kind, sandbox, fork)))
          figures.push(await memoryFigure(kind, provider, params, before))
          figures.push(...(await freezeFigures(kind, sandbox)))
        } finally {
          await sandbox.close()
        }
        if (kind.name === 'bubblewrap') figures.push(...(await manyFigures(kind, provider, params)))
      } finally {
        await kind.forget(provider, params())
        await kind.stop()
      }
    }
    return figures
  })
}

async function openFigures(kind: BenchedKind, folders: SandboxFolders, params: () => OpenParams): Promise<Figure[]> {
  const open = async (provider: SandboxProvider) => {
    const begin = performance.now()
    const sandbox = await provider.open(params())
    const took = performance.now() - begin
    await sandbox.close()
    return took
  }
  const runs = kind.name === 'bubblewrap' ? 15 : 5
  const cold: number[] = []
  for (let i = 0; i < runs; i++) cold.push(await open(kind.provider(folders.data)))
  const provider = kind.provider(folders.data)
  await open(provider)
  const warm: number[] = []
  for (let i = 0; i < runs; i++) warm.push(await open(provider))
  const aim = kind.openAim === undefined ? {} : { aim: kind.openAim }
  return [
    sampled(`${kind.name}: open, first of a daemon`, cold, aim),
    sampled(`${kind.name}: open, later ones`, warm, aim),
  ]
}

async function useFigures(
  kind: BenchedKind,
  sandbox: Sandbox,
  fork: { name: string; value: number },
): Promise<Figure[]> {
  const execs = await time(500, () => sandbox.exec({ line: ['true'] }), 20)
  const begin = performance.now()
  for (let i = 0; i < commands; i++) await sandbox.exec({ line: 'echo hello' })
  const thousand = performance.now() - begin
  const figures = [
    sampled(`${kind.name}: exec true`, execs, {
      p99: percentile(execs, 99),
      limit: fork,
      ...(kind.execAim !== undefined && { aim: fork.value + kind.execAim }),
    }),
    {
      name: `${kind.name}: ${commands} shell commands`,
      value: thousand,
      unit: 'ms',
      limit: { name: `${commands} of bash -c`, value: await shells() },
    },
    await outputFigure(kind, sandbox),
  ]
  if (!kind.peer) return figures
  const { file, args } = await kind.peer()
  const peers = await time(15, () => mustRun(file, args), 2)
  const limit = { name: 'docker exec', value: median(peers) }
  return [...figures, sampled(`${kind.name}: exec true, beside Docker’s own`, execs, { limit })]
}

/** The same commands without a sandbox, from this process. */
async function shells(): Promise<number> {
  const each = await time(50, () => mustRun('/bin/bash', ['-c', 'echo hello']))
  return median(each) * commands
}

async function outputFigure(kind: BenchedKind, sandbox: Sandbox): Promise<Figure> {
  const line = ['head', '-c', `${megabytes << 20}`, '/dev/zero']
  const through = await time(
    3,
    async () => {
      const started = await sandbox.start({ line })
      if (started.type !== 'started') throw new Error(started.why)
      started.stdin.end()
      started.stderr.resume()
      await drained(started.stdout)
      await started.ended
    },
    1,
  )
  const bare = await time(
    3,
    async () => {
      const child = spawn(line[0]!, line.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
      await drained(child.stdout)
    },
    1,
  )
  const limit = { name: 'through a pipe', value: median(bare) }
  return { name: `${kind.name}: ${megabytes} MB of output`, value: median(through), unit: 'ms', limit }
}

async function drained(stream: Readable): Promise<void> {
  let size = 0
  stream.on('data', (bytes: Buffer) => {
    size += bytes.length
  })
  await once(stream, 'end')
  if (size !== megabytes << 20) throw new Error(`${size} bytes came`)
}

/** One more sandbox, that nothing has run in yet. */
async function memoryFigure(
  kind: BenchedKind,
  provider: SandboxProvider,
  params: () => OpenParams,
  before: number,
): Promise<Figure> {
  const one = await kind.memory()
  const sandbox = await provider.open(params())
  const two = await kind.memory()
  await sandbox.close()
  return {
    name: `${kind.name}: memory of an idle sandbox`,
    // Proportional: what the two share is counted half to each.
    value: Math.max(two - one, (two - before) / 2),
    unit: 'MB',
    ...(kind.memoryAim !== undefined && { aim: kind.memoryAim }),
  }
}

async function freezeFigures(kind: BenchedKind, sandbox: Sandbox): Promise<Figure[]> {
  if (!sandbox.freeze || !sandbox.thaw) return []
  const freezes: number[] = []
  const thaws: number[] = []
  for (let i = 0; i < 15; i++) {
    freezes.push(...(await time(1, () => sandbox.freeze?.(), 0)))
    // To the first answer: thawed is who does something again.
    const thaw = async () => {
      await sandbox.thaw?.()
      await sandbox.exec({ line: ['true'] })
    }
    thaws.push(...(await time(1, thaw, 0)))
  }
  return [sampled(`${kind.name}: suspend`, freezes), sampled(`${kind.name}: resume and exec true`, thaws)]
}

async function manyFigures(kind: BenchedKind, provider: SandboxProvider, params: () => OpenParams): Promise<Figure[]> {
  const sandboxes: Sandbox[] = []
  const own = process.memoryUsage().rss
  const begin = performance.now()
  try {
    const opened = async () => {
      while (sandboxes.length < manySandboxes) {
        const at = sandboxes.length
        sandboxes.length += 1
        sandboxes[at] = await provider.open(params())
      }
    }
    await Promise.all(Array.from({ length: openedAtOnce }, opened))
    const took = performance.now() - begin
    const memory = (await kind.memory()) / manySandboxes
    const held = (process.memoryUsage().rss - own) / (1 << 20) / manySandboxes
    const execs: number[] = []
    for (const sandbox of sandboxes) execs.push(...(await time(1, () => succeeds(sandbox), 0)))
    return [
      { name: `${kind.name}: ${manySandboxes} opened, each`, value: took / manySandboxes, unit: 'ms' },
      { name: `${kind.name}: memory of each of ${manySandboxes}`, value: memory, unit: 'MB', aim: 5 },
      { name: `${kind.name}: the daemon’s for each of ${manySandboxes}`, value: held, unit: 'MB' },
      sampled(`${kind.name}: exec true in each of ${manySandboxes}`, execs),
    ]
  } finally {
    await Promise.all(sandboxes.map((sandbox) => sandbox?.close()))
  }
}

async function succeeds(sandbox: Sandbox): Promise<void> {
  const { end } = await sandbox.exec({ line: ['true'] })
  if (end.type !== 'exited' || end.code !== 0) throw new Error(JSON.stringify(end))
}

function mustRun(file: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  if (status !== 0) throw error ?? new Error(`${file} ${args.join(' ')}: ${stderr}`)
}

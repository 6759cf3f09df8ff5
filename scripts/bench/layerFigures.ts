import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layer } from '../../daemon/layer/layer.ts'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'
import type { Sandbox, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import type { SandboxFolders } from '../../test/support/sandboxFolders.ts'
import { type Figure, median, sampled, time } from './figure.ts'
import { ShadowGit } from './shadowGit.ts'
import { bubblewrapHere, fill, onWorkspace, pathOf } from './workspaceGround.ts'

const treeSizes = [1_000, 10_000, 100_000]
const editedTree = 10_000
const editCounts = [10, 100, 1_000, 10_000]
const aims: ReadonlyMap<string, number> = new Map([['checkpoint of 100 changed files', 20]])

/**
 * Layers with a real sandbox on them: opened over folders of several sizes, and looked at, remembered and made as they
 * were after edits of several sizes, beside a shadow repository that does the same.
 */
export async function layerFigures(): Promise<Figure[]> {
  return await onWorkspace(async (folders) => {
    const kind = await bubblewrapHere(folders.data)
    if (typeof kind === 'string') return []
    const figures: Figure[] = []
    for (const size of treeSizes) {
      const folder = join(folders.userHome, 'projects', `${size}`)
      mkdirSync(folder)
      fill(folder, size)
      const opens = await time(9, () => openAndClose(kind, folders, folder), 2)
      figures.push(sampled(`layer and sandbox open, ${size} files`, opens, { aim: 50 }))
      if (size === editedTree)
        for (const edits of editCounts) figures.push(...(await editFigures(kind, folders, edits)))
      rmSync(folder, { recursive: true })
    }
    return figures
  })
}

let layers = 0

async function open(
  kind: SandboxProvider,
  folders: SandboxFolders,
  folder: string,
): Promise<{ layer: Layer; sandbox: Sandbox; end(): Promise<void> }> {
  const store = join(folders.data, `store${++layers}`)
  const layer = await overlayLayerProvider().open({ folder, store })
  const sandbox = await kind.open({ layer: layer.mount, home: join(folders.data, 'home'), store: `${store}-kind` })
  layer.mounted(sandbox.mountedAt)
  return {
    layer,
    sandbox,
    async end() {
      await sandbox.close()
      await layer.dispose()
    },
  }
}

async function openAndClose(kind: SandboxProvider, folders: SandboxFolders, folder: string): Promise<void> {
  // What closing costs nobody waits for; here it must not run beside the next.
  const { end } = await open(kind, folders, folder)
  await end()
}

async function editFigures(kind: SandboxProvider, folders: SandboxFolders, edits: number): Promise<Figure[]> {
  const folder = join(folders.userHome, 'projects', `${editedTree}`)
  const rounds = edits > 1_000 ? 3 : 7
  const took = new Map<string, number[]>()
  const timed = async (what: string, work: () => unknown) => {
    const begin = performance.now()
    await work()
    const all = took.get(what) ?? []
    took.set(what, all)
    all.push(performance.now() - begin)
  }
  for (let round = 0; round < rounds; round++) {
    const { layer, sandbox, end } = await open(kind, folders, folder)
    try {
      const edit = (text: string) => run(sandbox, editing(edits, text))
      await layer.changes()
      await layer.checkpoint('start')
      await edit('one')
      await timed('first', () => layer.changes())
      await timed('again', () => layer.changes())
      await layer.checkpoint('one')
      await edit('two')
      await layer.changes()
      await timed('checkpoint', () => layer.checkpoint('two'))
      await timed('rewind', async () => {
        const result = await layer.rewind('one', sandbox)
        if (result.type !== 'rewound' || result.files !== edits) throw new Error(JSON.stringify(result))
      })
      await layer.rewind('start', sandbox)
      const left = await layer.changes()
      if (left.length > 0) throw new Error(`after a rewind to the start ${left.length} changes are left`)
    } finally {
      await end()
    }
  }
  const peer = await shadow(folders, edits, rounds)
  const figure = (name: string, what: string, limit?: { name: string; value: number }): Figure => {
    const aim = aims.get(name)
    return sampled(name, took.get(what) ?? [], { ...(limit && { limit }), ...(aim !== undefined && { aim }) })
  }
  return [
    figure(`changes after ${edits} edits`, 'first', { name: 'git status', value: peer.status }),
    figure(`changes again after ${edits} edits`, 'again', { name: 'git status', value: peer.status }),
    figure(`checkpoint of ${edits} changed files`, 'checkpoint', { name: 'shadow git commit', value: peer.commit }),
    figure(`rewind of ${edits} changed files`, 'rewind', { name: 'shadow git restore', value: peer.restore }),
  ]
}

async function run(sandbox: Sandbox, line: string): Promise<void> {
  const { end, stderr } = await sandbox.exec({ line })
  if (end.type !== 'exited' || end.code !== 0) throw new Error(`${JSON.stringify(end)} ${Buffer.from(stderr.head)}`)
}

function editing(edits: number, text: string): string {
  return `for ((i = 0; i < ${edits}; i++)); do echo ${text} >> d$((i / 100))/f$i.txt; done`
}

/** A repository beside a copy of the folder, of which as many files change. */
async function shadow(folders: SandboxFolders, edits: number, rounds: number) {
  const beside = join(folders.data, `shadow${edits}`)
  const copy = join(beside, 'copy')
  mkdirSync(copy, { recursive: true })
  try {
    fill(copy, editedTree)
    const git = new ShadowGit(copy, beside)
    const status: number[] = []
    const commit: number[] = []
    const restore: number[] = []
    let before = git.commit()
    const timed = async (into: number[], work: () => void) => into.push(...(await time(1, work, 0)))
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < edits; i++) writeFileSync(join(copy, pathOf(i)), `round ${round}\n`, { flag: 'a' })
      await timed(status, () => git.changes())
      let after = ''
      await timed(commit, () => {
        after = git.commit()
      })
      await timed(restore, () => git.restore(before))
      git.restore(after)
      before = after
    }
    return { status: median(status), commit: median(commit), restore: median(restore) }
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

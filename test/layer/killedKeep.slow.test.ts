import { spawn } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BaseStore } from '../../daemon/layer/baseStore.ts'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'

const count = 120
const oldText = (at: number) => `file ${at}\nbefore\n`
const newText = (at: number) => `file ${at}\nafter\n`.repeat(200)

describe('killed while it keeps', () => {
  let root: string
  let folder: string
  let store: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'paddock-killed-'))
    folder = join(root, 'project')
    store = join(root, 'layer')
    await mkdir(folder)
    // What an agent did, as overlayfs leaves it: no mount is needed to keep.
    await mkdir(join(store, 'upper', 'new'), { recursive: true })
    for (let at = 0; at < count; at++) {
      await writeFile(join(folder, `${at}`), oldText(at))
      await writeFile(join(store, 'upper', `${at}`), newText(at))
      await writeFile(join(store, 'upper', 'new', `${at}`), newText(at))
    }
    const bases = new BaseStore(join(store, 'base'))
    bases.mountedAt = Date.now() + 1000
    bases.save()
  })
  afterEach(async () => await rm(root, { recursive: true, force: true }))

  test('every file is the old one or the new one, nothing else is there, and keeping goes on', async () => {
    const child = join(root, 'child.mjs')
    await build({
      entryPoints: [new URL('keepAllChild.ts', import.meta.url).pathname],
      outfile: child,
      bundle: true,
      platform: 'node',
      format: 'esm',
      loader: { '.pl': 'text' },
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` },
    })
    let between = 0
    for (const afterFiles of [1, 20, 60, 130]) {
      await keepUntil(child, folder, store, afterFiles)
      const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      const isKept: boolean[] = []
      for (const { parentPath, name } of names.filter(({ name }) => !name.startsWith('.paddock-'))) {
        const text = await readFile(join(parentPath, name), 'utf8')
        const at = Number(name)
        if (parentPath === folder) expect([oldText(at), newText(at)]).toContain(text)
        else expect(text).toBe(newText(at))
        isKept.push(text === newText(at))
      }
      if (isKept.includes(true) && (isKept.includes(false) || isKept.length < 2 * count)) between += 1
    }
    expect(between).toBeGreaterThan(0)

    const layer = await overlayLayerProvider().open({ folder, store })
    expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('.paddock-'))).toEqual([])
    const results = await layer.keep('all')
    expect(results.filter(({ type }) => type !== 'kept')).toEqual([])
    expect(await layer.changes()).toEqual([])
    for (let at = 0; at < count; at++) expect(await readFile(join(folder, `${at}`), 'utf8')).toBe(newText(at))
  })

  test('a half-made file is removed, and only such a file', async () => {
    const temp = `.paddock-${'0'.repeat(24)}`
    const journal = new BaseStore(join(store, 'base'))
    journal.writing('', temp)
    journal.writing('', '7')
    journal.writing('../..', temp.replace('0', '1'))
    await writeFile(join(folder, temp), 'half')
    await overlayLayerProvider().open({ folder, store })
    expect((await readdir(folder)).sort()).toEqual(Array.from({ length: count }, (_, at) => `${at}`).sort())
  })

  test('a half-made file in a folder that is gone for a while is removed once it is back', async () => {
    const temp = `.paddock-${'0'.repeat(24)}`
    const journal = new BaseStore(join(store, 'base'))
    journal.writing('', temp)
    await writeFile(join(folder, temp), 'half')
    await rename(folder, join(root, 'away'))
    await overlayLayerProvider().open({ folder, store })
    await rename(join(root, 'away'), folder)
    await overlayLayerProvider().open({ folder, store })
    expect(await readdir(folder)).not.toContain(temp)
  })

  test('a torn last line of the journal is dropped, the rest stands', async () => {
    const bases = new BaseStore(join(store, 'base'))
    bases.put(Buffer.from('content'))
    bases.set('a', { type: 'symlink', target: 'b' })
    bases.mountedAt = 5
    bases.save()
    await appendFile(join(store, 'base', 'journal'), '{"path":"b","base":{"ty')
    const again = new BaseStore(join(store, 'base'))
    expect(again.get('a')).toEqual({ type: 'symlink', target: 'b' })
    expect(again.get('b')).toBeUndefined()
    expect(again.mountedAt).toBe(5)
    again.set('c', { type: 'absent' })
    again.save()
    expect(new BaseStore(join(store, 'base')).get('c')).toEqual({ type: 'absent' })
    await again.sweep()
    expect(await readdir(join(store, 'base'))).toEqual(['journal'])
  })
})

/** Starts keeping, and kills it when about so many files are there. */
async function keepUntil(child: string, folder: string, store: string, files: number): Promise<void> {
  const process_ = spawn(process.execPath, [child, folder, store], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise((resolve) => process_.once('close', resolve))
  await new Promise((resolve) => process_.stdout.once('data', resolve))
  const isDone = async () => {
    let kept = 0
    for (let at = 0; at < count; at++) if ((await readFile(join(folder, `${at}`), 'utf8')) === newText(at)) kept += 1
    const fresh = await readdir(join(folder, 'new')).catch(() => [])
    return kept + fresh.length >= files || process_.exitCode !== null
  }
  while (!(await isDone()));
  process_.kill('SIGKILL')
  await closed
}

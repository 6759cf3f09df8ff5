import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CheckpointEntry } from '../../daemon/layer/checkpointEntry.ts'
import { CheckpointStore } from '../../daemon/layer/checkpointStore.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paddock-checkpoints-'))
})
afterEach(async () => await rm(folder, { recursive: true, force: true }))

const contents = async () => (await readdir(join(folder, 'content'))).sort()

function entry(store: CheckpointStore, text: string): CheckpointEntry {
  const bytes = Buffer.from(text)
  return { type: 'file', size: bytes.length, mode: 0o644, sha256: store.contents.put(bytes) }
}

function add(store: CheckpointStore, name: string, files: Record<string, string>, unset: string[] = []): void {
  store.begin()
  const set = Object.entries(files).map(([path, text]) => [path, entry(store, text)] as const)
  store.add(name, new Map(set), new Set(unset))
}

/** Path and text of everything that a checkpoint has. */
function texts(store: CheckpointStore, name: string): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {}
  for (const [path, entry] of store.at(name)!.entries) {
    if (entry.type === 'file') found[path] = store.contents.read(entry.sha256)?.toString()
  }
  return found
}

test('checkpoints that are too many are thinned, those that stay are whole, and what none of them names is gone', async () => {
  const store = new CheckpointStore(folder, { checkpoints: 10, bytes: 1e9 })
  const wanted = new Map<string, Record<string, string>>()
  let state: Record<string, string> = {}
  for (let at = 0; at < 100; at++) {
    const gone = at % 7 === 3 ? Object.keys(state).slice(0, 1) : []
    const set = { [`f${at % 5}`]: `text ${at}`, [`only${at}`]: `own ${at % 3}` }
    state = { ...Object.fromEntries(Object.entries(state).filter(([path]) => !gone.includes(path))), ...set }
    add(
      store,
      `${at}`,
      set,
      gone.filter((path) => !(path in set)),
    )
    wanted.set(`${at}`, state)
    expect(store.names().length).toBeLessThanOrEqual(10)
    expect(store.names().at(-1)).toBe(`${at}`)
  }
  expect(store.names()[0]).toBe('0')
  for (const again of [store, new CheckpointStore(folder)]) {
    expect(again.names()).toEqual(store.names())
    for (const name of again.names()) expect(texts(again, name), name).toEqual(wanted.get(name))
  }
  const named = new Set(store.names().flatMap((name) => Object.values(wanted.get(name)!)))
  expect(await contents()).toHaveLength(named.size)
})

test('ones that take too much go, oldest first, and what was kept since an older one is still known', async () => {
  const store = new CheckpointStore(folder, { checkpoints: 100, bytes: 5000 })
  const absent = { type: 'absent' } as const
  for (let at = 0; at < 10; at++) {
    add(store, `${at}`, { a: `${at}`.repeat(1000) })
    const after = { type: 'symlink', target: `${at}` } as const
    store.addKept([{ path: 'kept', before: at === 0 ? absent : { type: 'symlink', target: `${at - 1}` }, after }])
  }
  expect(store.names()).toEqual(['5', '6', '7', '8', '9'])
  expect(await contents()).toHaveLength(5)
  expect(store.at('7')!.kept.get('kept')).toEqual({
    path: 'kept',
    before: { type: 'symlink', target: '6' },
    after: { type: 'symlink', target: '9' },
  })
})

test('10,000 files in 100 checkpoints are not 10,000 times 100 on the disk', async () => {
  const store = new CheckpointStore(folder)
  add(store, 'all', Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`file ${at}`, `${at % 10}`])))
  const once = (await stat(join(folder, 'journal'))).size
  for (let at = 0; at < 99; at++) add(store, `${at}`, { 'file 1': `other ${at}` })
  expect((await stat(join(folder, 'journal'))).size).toBeLessThan(once * 1.1)
  expect(Object.keys(texts(new CheckpointStore(folder), '50'))).toHaveLength(10_000)
})

test('a torn end is dropped with all that would build on it, and what was half-written is swept', async () => {
  const store = new CheckpointStore(folder)
  add(store, 'one', { a: 'a' })
  add(store, 'two', { b: 'b' })
  const journal = await readFile(join(folder, 'journal'), 'utf8')
  await writeFile(join(folder, 'journal'), journal.slice(0, -20))
  await appendFile(join(folder, 'content', 'half'), 'half')
  const again = new CheckpointStore(folder)
  expect(again.names()).toEqual(['one'])
  add(again, 'three', { c: 'c' })
  expect(texts(new CheckpointStore(folder), 'three')).toEqual({ a: 'a', c: 'c' })
  expect(await contents()).toHaveLength(2)
})

test('a content that is not whole is not handed out', async () => {
  const store = new CheckpointStore(folder)
  add(store, 'one', { a: 'whole' })
  const [name] = await contents()
  await writeFile(join(folder, 'content', name!), 'torn')
  expect(texts(store, 'one')).toEqual({ a: undefined })
})

test('a folder without checkpoints is not made by asking', async () => {
  const store = new CheckpointStore(join(folder, 'none'))
  expect(store.names()).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BaseStore } from '../../daemon/layer/baseStore.ts'
import { lookAt } from '../../daemon/layer/differences.ts'
import { discardChange } from '../../daemon/layer/discard.ts'
import type { Reading } from '../../daemon/layer/fileState.ts'
import { HunkNames } from '../../daemon/layer/hunks.ts'
import { keepChange } from '../../daemon/layer/keep.ts'
import type { LayerFiles } from '../../daemon/layer/layer.ts'
import { OverlayMarks } from '../../daemon/layer/overlayMarks.ts'
import { overlayView } from '../../daemon/layer/overlayView.ts'
import { Renames } from '../../daemon/layer/renames.ts'
import { type Sides, textSides } from '../../daemon/layer/sides.ts'
import { Tree } from '../../daemon/layer/tree.ts'
import { UserFolder } from '../../daemon/layer/userFolder.ts'

/** A tree in which something happens right after the next read of it. */
class EditedTree extends Tree {
  afterRead: (() => void) | undefined

  override async read(path: string): Promise<Reading> {
    const reading = await super.read(path)
    const edit = this.afterRead
    this.afterRead = undefined
    edit?.()
    return reading
  }
}

/** A user who saves a file right after another one was placed. */
class EditedFolder extends UserFolder {
  afterPlacing: (() => void) | undefined

  override async placeFile(...given: Parameters<UserFolder['placeFile']>): ReturnType<UserFolder['placeFile']> {
    const placed = await super.placeFile(...given)
    this.afterPlacing?.()
    return placed
  }
}

const lines = (...changed: [number, string][]) =>
  Array.from({ length: 20 }, (_, at) => `${changed.find(([line]) => line === at)?.[1] ?? `line ${at}`}\n`).join('')

describe('an edit that comes in between', () => {
  let root: string
  let layer: EditedTree
  let sides: Sides
  let marks: OverlayMarks
  const at = (...names: string[]) => join(root, ...names)
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'paddock-between-'))
    for (const name of ['user', 'upper']) await mkdir(at(name))
    layer = new EditedTree(at('upper'))
    const bases = new BaseStore(at('base'))
    // What the user has by now is what the agent started from.
    bases.mountedAt = Date.now() + 1000
    marks = new OverlayMarks(at('upper'))
    const rest = { user: new Tree(at('user')), layer, bases, renames: new Renames(), hunkNames: new HunkNames() }
    sides = { ...rest, view: overlayView(rest, marks) }
  })
  afterEach(async () => await rm(root, { recursive: true, force: true }))

  /** Writes to the layer, as nothing is mounted here; what it was asked for is noted. */
  const filesOf = (asked: string[]): LayerFiles => ({
    root: at('user'),
    async writeFile(path, bytes) {
      asked.push(`write ${path.slice(root.length)}`)
      await writeFile(path.replace(at('user'), at('upper')), bytes)
      return { type: 'written' }
    },
    async remove(path) {
      asked.push(`remove ${path.slice(root.length)}`)
      await unlink(path.replace(at('user'), at('upper')))
      return { type: 'removed' }
    },
    makeSymlink: async () => ({ type: 'fault', message: 'not here' }),
    setMode: async () => ({ type: 'written' }),
  })

  /** Discards the first hunk of `f`, and right after it was read for that, `edit` happens. */
  const discardFirst = async (edit: (() => void) | undefined) => {
    const difference = (await lookAt(sides)).differences.get('f')!
    const texts = (await textSides(sides, difference))!
    const { hunks } = sides.hunkNames.diff('f', texts.base, texts.layer)
    const asked: string[] = []
    layer.afterRead = edit
    const result = await discardChange({
      sides,
      difference,
      hunks: [hunks[0]!.id],
      files: filesOf(asked),
      isFolderInUse: () => false,
    })
    return { result, asked, text: await readFile(at('upper', 'f'), 'utf8').catch(() => undefined) }
  }

  test.each([
    ['of another line', lines([2, 'agent'], [10, 'agent'], [18, 'newer'])],
    ['that empties the file', ''],
  ])('an agent’s edit %s is not lost by discarding a hunk: that is stale', async (_, edited) => {
    await writeFile(at('user', 'f'), lines())
    await writeFile(at('upper', 'f'), lines([2, 'agent'], [10, 'agent']))
    const { result, asked, text } = await discardFirst(() => writeFileSync(at('upper', 'f'), edited))
    expect(result).toEqual({ type: 'stale', path: 'f' })
    expect(asked).toEqual([])
    expect(text).toBe(edited)
  })

  test('an agent’s edit of a new file is not lost by discarding its one hunk: that is stale', async () => {
    await writeFile(at('upper', 'f'), 'new\n')
    const { result, asked, text } = await discardFirst(() => writeFileSync(at('upper', 'f'), 'newer\n'))
    expect(result).toEqual({ type: 'stale', path: 'f' })
    expect(asked).toEqual([])
    expect(text).toBe('newer\n')
  })

  test('without one, the hunk is discarded', async () => {
    await writeFile(at('user', 'f'), lines())
    await writeFile(at('upper', 'f'), lines([2, 'agent'], [10, 'agent']))
    const { result, text } = await discardFirst(undefined)
    expect(result).toEqual({ type: 'discarded', path: 'f' })
    expect(text).toBe(lines([10, 'agent']))
  })

  test('of a file that the agent goes on writing while it is copied, no mixture is kept', async () => {
    // Too large to be held in memory.
    const first = 'first '.repeat(2_000_000)
    await writeFile(at('upper', 'f'), first)
    const difference = (await lookAt(sides)).differences.get('f')!
    const longer = `${first.replaceAll('first', 'later')}and on`
    layer.afterRead = () => writeFileSync(at('upper', 'f'), longer)
    const folder = new UserFolder(at('user'), sides.bases)
    const result = await keepChange({ sides, folder, difference, hunks: undefined, overwrite: undefined })
    folder.finish()
    expect(result).toEqual({ type: 'kept', path: 'f', merged: false })
    expect((await readFile(at('user', 'f'), 'utf8')) === longer).toBe(true)
    expect([...(await lookAt(sides)).differences.keys()]).toEqual([])
  })

  /** Keeps the renaming of `d/from` to `to`, and right after `to` was placed, `edit` happens. */
  const keepRenaming = async (edit: (() => void) | undefined): Promise<{ result: unknown; left: string[] }> => {
    for (const side of ['user', 'upper']) await mkdir(at(side, 'd'))
    await writeFile(at('user', 'd', 'from'), lines())
    await writeFile(at('upper', 'to'), lines([2, 'agent']))
    await marks.makeWhiteouts(['d/from'])
    const folder = new EditedFolder(at('user'), sides.bases)
    folder.afterPlacing = edit
    const difference = (await lookAt(sides)).differences.get('to')!
    expect(difference.from?.path).toBe('d/from')
    const keep = { sides, folder, hunks: undefined, overwrite: undefined }
    const result = await keepChange({ ...keep, difference })
    folder.finish()
    const left = [...(await lookAt(sides)).differences.values()].filter(({ path }) => path === 'd/from')
    const told: string[] = []
    for (const one of left) {
      told.push(`${one.layer.type} ${one.path}: ${(await keepChange({ ...keep, difference: one })).type}`)
    }
    return { result, left: told }
  }

  test.each([
    ['an edit of the old file', () => writeFileSync(at('user', 'd/from'), 'mine\n'), ['absent d/from: conflict']],
    [
      'a folder in the place of the old file',
      () => {
        rmSync(at('user', 'd/from'))
        mkdirSync(at('user', 'd/from'))
      },
      [],
    ],
    [
      'a link in the place of the old file’s folder',
      () => {
        renameSync(at('user', 'd'), at('user', 'e'))
        symlinkSync('gone', at('user', 'd'))
      },
      [],
    ],
  ])(
    '%s makes no conflict of a rename that is already written: the old path is a deletion of its own',
    async (_, edit, asks) => {
      const { result, left } = await keepRenaming(edit)
      expect(result).toEqual({ type: 'kept', path: 'to', merged: false })
      expect(await readFile(at('user', 'to'), 'utf8')).toBe(lines([2, 'agent']))
      expect(left).toEqual(asks)
      expect((await readdir(at('user'), { recursive: true })).filter((name) => name.endsWith('from'))).toHaveLength(1)
    },
  )

  test('without one, nothing is left of a rename', async () => {
    const { result, left } = await keepRenaming(undefined)
    expect(result).toEqual({ type: 'kept', path: 'to', merged: false })
    expect(left).toEqual([])
    expect(await readdir(at('user'))).toEqual(['d', 'to'])
  })
})

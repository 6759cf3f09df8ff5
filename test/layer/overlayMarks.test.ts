import { lstatSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { OverlayMarks } from '../../daemon/layer/overlayMarks.ts'
import { Bench } from './bench.ts'
import { overlay, overlayMount } from './overlay.ts'

describe('looking for the marks of overlayfs', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'paddock-marks-'))
    await mkdir(join(root, 'upper', 'd'), { recursive: true })
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(root, { recursive: true, force: true })
  })

  const plant = async (name: string, text: string) => await writeFile(join(root, 'upper', name), text, { mode: 0o755 })

  test.each([
    ['an empty entry in PATH', 'PATH', ''],
    ['a relative entry in PATH', 'PATH', '.'],
    ['a relative folder of Perl modules', 'PERL5LIB', '.'],
  ])('never runs a perl or a module of the agent’s, with %s', async (_, name, entry) => {
    const witness = join(root, 'witness')
    await plant('perl', `#!/bin/sh\n: > ${witness}\n`)
    await plant('POSIX.pm', `package POSIX; open(my $f, '>', '${witness}'); sub import {} 1;\n`)
    vi.stubEnv(name, `${entry}:${process.env[name] ?? ''}`)
    const marks = new OverlayMarks(join(root, 'upper'))
    const stat = lstatSync(join(root, 'upper', 'd'))
    await marks.ask([{ path: 'd', stat }])
    expect(marks.isOpaque(stat)).toBe(false)
    expect(await readdir(root)).toEqual(['upper'])
  })

  test('an answer is not stale in the next look: a young folder is asked about again, a settled one is not', async () => {
    const path = 'd'
    const folder = join(root, 'upper', path)
    const marks = new OverlayMarks(join(root, 'upper'))
    const look = async () => {
      const stat = lstatSync(folder)
      marks.beginLook()
      await marks.ask([{ path, stat }])
      const age = Date.now() - stat.ctimeMs
      expect(marks.isOpaque(stat)).toBe(false)
      marks.beginLook()
      return { age, again: marks.isOpaque(stat) }
    }
    let young: Awaited<ReturnType<typeof look>>
    do {
      await chmod(folder, 0o700)
      young = await look()
    } while (young.age > 20)
    expect(young.again).toBeUndefined()
    let settled = await look()
    while (settled.again === undefined) settled = await look()
    expect(settled.age).toBeGreaterThan(20)
    await chmod(folder, 0o755)
    expect(marks.isOpaque(lstatSync(folder))).toBeUndefined()
  })
})

describe.skipIf(overlay.unavailable !== undefined)('a folder that becomes opaque', () => {
  let bench: Bench
  afterEach(async () => await bench?.dispose())

  test('in place, moved over a removed one after it was looked at, has lost what the removed one held', async () => {
    bench = await Bench.make(overlay, { 'src/a': 'a\n', 'src/b': 'b\n' })
    const { layer, shell } = await bench.open()
    await shell.run('mkdir D; echo new > D/n')
    expect((await layer.changes()).map(({ path }) => path)).toEqual(['D/n'])
    // Now it lies over a folder of the user's, and is looked at.
    expect(await layer.keep([{ path: 'D/n' }])).toMatchObject([{ type: 'kept' }])
    const { ino } = lstatSync(join(overlayMount(layer).upper, 'D'))
    await shell.run('rm -rf src; mv D src')
    expect(lstatSync(join(overlayMount(layer).upper, 'src')).ino).toBe(ino)
    expect((await layer.changes()).map(({ path, from, status }) => `${status} ${from ?? ''} ${path}`)).toEqual([
      'deleted  src/a',
      'deleted  src/b',
      'renamed D/n src/n',
    ])
  })
})

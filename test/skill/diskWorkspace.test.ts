import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { crawl } from '../../daemon/skill/catalogue/crawl.ts'
import { SkillIndex } from '../../daemon/skill/catalogue/skillIndex.ts'
import { diskAtOnce } from '../../daemon/skill/diskAtOnce.ts'
import { listPlainNow } from '../../daemon/skill/diskNow.ts'
import { DiskView } from '../../daemon/skill/diskView.ts'
import { diskWorkspace } from '../../daemon/skill/diskWorkspace.ts'
import { FarPaths, farMounts } from '../../daemon/skill/farPaths.ts'
import { quickDisk } from '../../daemon/skill/quickDisk.ts'
import { thisMachine } from '../../daemon/skill/thisMachine.ts'

let folder: string
const never = new AbortController().signal

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paddock-skills-'))
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

function put(path: string, text: string | Buffer): string {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

const disks = [
  ['the disk', diskWorkspace],
  ['the disk at once', diskAtOnce()],
  ['the disk while it is quick', thisMachine(undefined).workspace],
] as const

describe.each(disks)('%s', (_, disk) => {
  it('tells files, folders and what is missing', async () => {
    const file = put('a/run.sh', '#!/bin/sh\n')
    chmodSync(file, 0o755)
    expect(await disk.stat(file)).toMatchObject({ type: 'file', size: 10, executable: true })
    expect(await disk.stat(join(folder, 'a'))).toMatchObject({ type: 'folder', size: 0 })
    for (const ask of [disk.stat, disk.list, disk.real]) {
      expect(await ask(join(folder, 'nothing'))).toBe('missing')
    }
    expect(await disk.list(file)).toBe('missing')
    expect(await disk.read(join(folder, 'a'), 10)).toBe('missing')
  })

  it('reads at most what is asked for, and what is not UTF-8 with replacement characters', async () => {
    expect(await disk.read(put('long', 'x'.repeat(1000)), 10)).toBe('x'.repeat(10))
    expect(await disk.read(put('odd', Buffer.from([0x61, 0xff, 0x62])), 10)).toBe('a\uFFFDb')
  })

  it('reads the whole of a file of which a part was asked for before, and a part of what was read whole', async () => {
    const file = put('both', '0123456789')
    const asked: (string | undefined)[] = []
    for (const longest of [4, 100, 4, 6, 4]) asked.push(await disk.read(file, longest))
    expect(asked).toEqual(['0123', '0123456789', '0123', '012345', '0123'])
  })

  it('reads a file only if it is not as it is known', async () => {
    const file = put('a.md', 'one')
    const found = await disk.look(file, 100, undefined)
    expect(found).toMatchObject({ text: 'one', size: 3 })
    if (found === 'same' || found === 'missing') return
    expect(await disk.look(file, 100, found)).toBe('same')
    expect(await disk.look(file, 100, { ...found, modified: found.modified - 1 })).toEqual(found)
    put('a.md', 'three')
    expect(await disk.look(file, 4, found)).toMatchObject({ text: '', size: 5 })
    for (const path of [folder, join(folder, 'nothing')]) expect(await disk.look(path, 100, found)).toBe('missing')
  })

  it('does not wait for a named pipe', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    expect(await disk.read(join(folder, 'pipe'), 10)).toBe('missing')
    expect(await disk.look(join(folder, 'pipe'), 10, undefined)).toBe('missing')
    expect(await disk.stat(join(folder, 'pipe'))).toBe('missing')
    expect(await disk.list(folder)).toEqual([])
  })

  it('follows links and tells dead ones', async () => {
    put('real/SKILL.md', 'x')
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    symlinkSync(join(folder, 'gone'), join(folder, 'dead'))
    symlinkSync(join(folder, 'self'), join(folder, 'self'))
    expect(await disk.list(folder)).toEqual([
      { name: 'dead', type: 'link', linked: true },
      { name: 'link', type: 'folder', linked: true },
      { name: 'real', type: 'folder', linked: false },
      { name: 'self', type: 'link', linked: true },
    ])
    expect(await disk.real(join(folder, 'link'))).toBe(join(folder, 'real'))
    expect(await disk.stat(join(folder, 'self'))).toBe('missing')
  })
})

describe('a disk that takes its time', () => {
  it('is asked without standing still from then on, and tried again later', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let pause = 0
    const look = () => {
      vi.advanceTimersByTime(pause)
      return 'missing' as const
    }
    const waited = { text: 'one', size: 3, modified: 0 }
    const disk = quickDisk(
      { list: () => undefined, look },
      { ...diskWorkspace, look: async () => waited },
      new FarPaths([]),
    )
    const ask = () => disk.look(folder, 100, undefined)
    for (const times of [100, 200]) {
      pause = 20
      expect([ask(), ask()]).toEqual(['missing', 'missing'])
      pause = 0
      for (let asked = 0; asked < times; asked++) expect(await ask()).toBe(waited)
      for (let asked = 0; asked < 50; asked++) expect(ask()).toBe('missing')
    }
  })
})

describe('what is far', () => {
  const asked = () => {
    const now: string[] = []
    const disk = quickDisk(
      {
        list: (path) => void now.push(path),
        look: (path) => {
          now.push(path)
          return 'missing'
        },
      },
      diskWorkspace,
      new FarPaths(farMounts(`/dev/sda1 / ext4 rw 0 0\nserver:/x ${folder}/shared\\040files nfs4 rw 0 0\n`)),
    )
    return { disk, now }
  }

  it('is a mount that another machine answers for, and is waited for', async () => {
    const { disk, now } = asked()
    await disk.look(`${folder}/shared files/a/SKILL.md`, 100, undefined)
    await disk.list(`${folder}/shared files`)
    expect(now).toEqual([])
    await disk.look(`${folder}/shared/SKILL.md`, 100, undefined)
    expect(now).toEqual([`${folder}/shared/SKILL.md`])
  })

  it('is what a link leads to, from the moment that its folder was listed', async () => {
    put('real/SKILL.md', 'x')
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    const { disk, now } = asked()
    await disk.list(folder)
    now.length = 0
    expect(await disk.look(`${folder}/link/SKILL.md`, 100, undefined)).toMatchObject({ text: 'x' })
    expect(await disk.list(`${folder}/link`)).toHaveLength(1)
    expect(now).toEqual([])
    await disk.look(`${folder}/real/SKILL.md`, 100, undefined)
    expect(now).toEqual([`${folder}/real/SKILL.md`])
  })

  it('was also what had been behind a link that is gone, for ever', async () => {
    put('real/SKILL.md', 'x')
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    const far = new FarPaths([])
    const disk = quickDisk({ list: listPlainNow, look: () => 'missing' }, diskWorkspace, far)
    await disk.list(folder)
    expect([far.has(`${folder}/link/a`), far.has(`${folder}/real/a`)]).toEqual([true, false])
    rmSync(join(folder, 'link'))
    put('link/SKILL.md', 'y')
    await disk.list(folder)
    expect(far.has(`${folder}/link/a`)).toBe(false)
  })

  it('was everything once a folder with a link had been listed 10,000 times', () => {
    const far = new FarPaths([])
    for (let i = 0; i < 10_001; i++) far.learn('/a', [{ name: 'link', type: 'folder', linked: true }])
    expect([far.has('/a/link/b'), far.has('/a/b')]).toEqual([true, false])
    const many = Array.from({ length: 10_001 }, (_, i) => ({ name: `l${i}`, type: 'folder', linked: true }) as const)
    far.learn('/b', many)
    far.learn('/b', [])
    expect(far.has('/a/b')).toBe(true)
  })

  it('was never the folder that is opened through a link', async () => {
    put('shared files/repo/SKILL.md', 'x')
    symlinkSync(join(folder, 'shared files/repo'), join(folder, 'opened'))
    const { disk, now } = asked()
    const { files } = await crawl(disk, [{ path: `${folder}/opened`, type: 'folder' }], never)
    expect([files.map(({ path }) => path), now]).toEqual([[`${folder}/opened/SKILL.md`], []])
    const near = await crawl(disk, [{ path: `${folder}/shared`, type: 'folder' }], never)
    expect([near.files, now]).toEqual([[], [`${folder}/shared`]])
  })

  it('is everything where the root is not of this machine, and nothing where all is', () => {
    expect(new FarPaths(farMounts('root / virtiofs rw 0 0')).has('/home/x')).toBe(true)
    expect(new FarPaths(farMounts('dev / ext4 rw 0 0\nproc /proc proc rw 0 0')).has('/home/x')).toBe(false)
    expect(new FarPaths([]).has('//server/share/x')).toBe(true)
  })
})

describe('an index of the disk', () => {
  it('lets others have their turn while the disk answers at once', async () => {
    for (let i = 0; i < 200; i++) put(`skills/s${i}/SKILL.md`, 'x')
    let turns = 0
    const count = () => void turns++
    const timer = setInterval(count, 1)
    const { workspace } = thisMachine(undefined)
    const look: typeof workspace.look = (...asked) => {
      for (const until = performance.now() + 0.2; performance.now() < until; );
      return workspace.look(...asked)
    }
    const index = new SkillIndex({ ...workspace, look }, undefined)
    await index.refresh([{ path: folder, type: 'folder' }], never)
    clearInterval(timer)
    expect(index.size).toBe(200)
    expect(turns).toBeGreaterThan(3)
  })

  it('ends where links make loops, and knows a skill by each of its paths', async () => {
    put('.agents/skills/forms/SKILL.md', '---\nname: forms\ndescription: x\n---\n')
    mkdirSync(join(folder, '.claude'))
    symlinkSync('../.agents/skills', join(folder, '.claude/skills'))
    symlinkSync(folder, join(folder, '.agents/skills/loop'))
    symlinkSync('..', join(folder, '.agents/up'))
    const index = new SkillIndex(diskWorkspace, undefined)
    await index.refresh([{ path: folder, type: 'folder' }], never)
    expect(index.skills('forms').map(({ path }) => path.slice(folder.length))).toEqual([
      '/.agents/skills/forms/SKILL.md',
      '/.claude/skills/forms/SKILL.md',
    ])
  })

  it('passes over folders that may not be read', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read every folder')
    put('.claude/skills/forms/SKILL.md', '---\nname: forms\ndescription: x\n---\n')
    put('locked/SKILL.md', 'x')
    chmodSync(join(folder, 'locked'), 0)
    const index = new SkillIndex(diskWorkspace, undefined)
    await index.refresh([{ path: folder, type: 'folder' }], never)
    chmodSync(join(folder, 'locked'), 0o755)
    expect(index.ofKind('skill')).toHaveLength(1)
  })

  it('is kept in a folder that need not be there, and a damaged one is nothing', async () => {
    const store = thisMachine(join(folder, 'data/skills')).store!('key')
    expect(await store.load()).toBeUndefined()
    await store.save('text')
    expect(await store.load()).toBe('text')
    const nowhere = thisMachine(put('file', '')).store!('key')
    await nowhere.save('text')
    expect(await nowhere.load()).toBeUndefined()
  })
})

describe('what rules see of the disk', () => {
  it('is known at once where nobody waits meanwhile', () => {
    const atOnce = diskAtOnce()
    const view = new DiskView(atOnce, atOnce)
    expect([view.text(put('a.md', 'one')), view.stat(join(folder, 'b.md')), view.hasQuestions]).toEqual([
      'one',
      'missing',
      false,
    ])
  })

  it('is what the disk says also beside what was listed before', () => {
    const disk = diskAtOnce()
    put('skill/SKILL.md', 'one')
    expect(disk.list(join(folder, 'skill'))).toHaveLength(1)
    expect([disk.stat(join(folder, 'skill/gone.md')), disk.stat(join(folder, 'skill/SKILL.md'))]).toEqual([
      'missing',
      expect.objectContaining({ type: 'file', size: 3 }),
    ])
    expect(disk.read(join(folder, 'skill/gone/deeper.md'), 10)).toBe('missing')
    put('skill/gone.md', '')
    put('skill/gone/deeper.md', 'there')
    disk.forget([join(folder, 'skill/gone.md'), join(folder, 'skill/gone/deeper.md')])
    expect(disk.read(join(folder, 'skill/gone/deeper.md'), 10)).toBe('there')
    expect(disk.stat(join(folder, 'skill/gone.md'))).toMatchObject({ type: 'file' })
  })

  it('is unknown first, then fetched once, and forgotten when it changes', async () => {
    const file = put('skill/SKILL.md', 'one')
    const view = new DiskView(diskWorkspace)
    expect([view.stat(file), view.list(join(folder, 'skill')), view.text(file)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(view.hasQuestions).toBe(true)
    expect(await view.load()).toBe(true)
    expect(view.hasQuestions).toBe(false)
    expect(await view.load()).toBe(false)
    expect(view.text(file)).toBe('one')
    expect(view.stat(join(folder, 'skill/more.md'))).toBeUndefined()
    await view.load()
    expect(view.stat(join(folder, 'skill/more.md'))).toBe('missing')
    put('skill/more.md', '')
    put('skill/SKILL.md', 'two')
    view.forget([join(folder, 'skill')])
    expect([view.stat(join(folder, 'skill/more.md')), view.text(file)]).toEqual([undefined, undefined])
    await view.load()
    expect(view.text(file)).toBe('two')
  })
})

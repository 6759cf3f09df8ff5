import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyScript } from '../../extension/skillCopy.ts'
import { placeInSandbox, skillFilesIn } from '../../extension/skillFolder.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'copy-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), content)
  chmodSync(join(root, path), mode)
}

/** Runs the copy of `root/skill` as the sandbox would, with `root/home` as the home directory. */
async function copied(folder: string): Promise<void> {
  const files = await skillFilesIn(join(root, 'skill'))
  if (files === 'tooMuch') throw new Error(files)
  mkdirSync(join(root, 'home'), { recursive: true })
  execFileSync('sh', { input: copyScript(folder, files), env: { PATH: process.env['PATH'], HOME: join(root, 'home') } })
}

test('a whole skill arrives: text, bytes, empty files, names of any kind, and what can be executed', async () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256))
  write('skill/SKILL.md', '---\nname: x\n---\nEND\n$HOME `id`\n')
  write('skill/scripts/deep/run it.sh', '#!/bin/sh\necho "$1"\n', 0o755)
  write("skill/it's -n $(touch gone).txt", '')
  write('skill/-n', 'dash')
  write('skill/assets/logo.png', bytes)
  await copied(".claude/skills/it's")
  const at = (path: string) => join(root, "home/.claude/skills/it's", path)
  expect(readFileSync(at('SKILL.md'), 'utf8')).toBe('---\nname: x\n---\nEND\n$HOME `id`\n')
  expect(execFileSync(at('scripts/deep/run it.sh'), ['ran'], { encoding: 'utf8' })).toBe('ran\n')
  expect(statSync(at("it's -n $(touch gone).txt")).size).toBe(0)
  expect(readFileSync(at('-n'), 'utf8')).toBe('dash')
  expect(readFileSync(at('assets/logo.png'))).toEqual(bytes)
  expect(statSync(at('SKILL.md')).mode & 0o111).toBe(0)
})

test('what lay there before is gone, and nothing beside it', async () => {
  write('home/.claude/skills/x/old.md', 'old')
  write('home/.claude/skills/y/SKILL.md', 'other')
  write('skill/SKILL.md', 'new')
  await copied('.claude/skills/x')
  expect(() => statSync(join(root, 'home/.claude/skills/x/old.md'))).toThrow(/ENOENT/)
  expect(readFileSync(join(root, 'home/.claude/skills/y/SKILL.md'), 'utf8')).toBe('other')
})

test('links lead nowhere: what a skill links to outside of its folder does not go along', async () => {
  write('secret/key', 'secret')
  write('skill/SKILL.md', 'x')
  symlinkSync(join(root, 'secret/key'), join(root, 'skill/key'))
  symlinkSync(join(root, 'secret'), join(root, 'skill/folder'))
  expect(await skillFilesIn(join(root, 'skill'))).toMatchObject([{ path: 'SKILL.md' }])
})

test('what is hidden stays: repositories, and keys in .env', async () => {
  write('skill/SKILL.md', 'x')
  write('skill/.env', 'KEY=1')
  write('skill/.git/config', 'x')
  expect(await skillFilesIn(join(root, 'skill'))).toMatchObject([{ path: 'SKILL.md' }])
})

test.each([
  ['/home/ana/.claude/skills/pdf', '.claude/skills/pdf'],
  ['/home/ana/.claude/skills/office/pdf', '.claude/skills/office/pdf'],
  ['/opt/plugins/x/skills/pdf', '.paddock-skills/pdf'],
  // What lies beside a SKILL.md there is no part of a skill.
  ['/home/ana', null],
  ['/home', null],
  ['/', null],
  ['/home/ana/projects', null],
  ['/home/ana/.claude/skills', null],
  ['/home/ana/skills', null],
])('the folder %s goes to %s', (folder, place) => {
  expect(placeInSandbox(folder, '/home/ana')).toBe(place)
})

test('a home directory among skills is no skill', () => {
  expect(placeInSandbox('/srv/skills/ana', '/srv/skills/ana')).toBeNull()
  expect(placeInSandbox('/srv/skills/ana', '/srv/skills/ana/home')).toBeNull()
})

test('a folder that is too large is not read whole', async () => {
  write('skill/SKILL.md', 'x')
  write('skill/model.bin', Buffer.alloc(10_000_001))
  expect(await skillFilesIn(join(root, 'skill'))).toBe('tooMuch')
})

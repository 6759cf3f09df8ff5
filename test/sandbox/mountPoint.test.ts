import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeMountPoint } from '../../daemon/sandbox/docker/mountPoint.ts'

let top: string
let home: string
let outside: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'paddock-mount-point-'))
  home = join(top, 'home')
  outside = join(top, 'outside')
  for (const folder of [home, outside]) mkdirSync(folder)
  writeFileSync(join(outside, 'app'), 'precious')
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

const untouched = () => {
  expect(readdirSync(outside)).toEqual(['app'])
  expect(readFileSync(join(outside, 'app'), 'utf8')).toBe('precious')
}

test('the folders on the way are made, once', () => {
  for (let time = 0; time < 2; time++) expect(makeMountPoint(home, 'projects/app')).toBe(true)
  expect(readdirSync(home)).toEqual(['projects'])
  expect(readdirSync(join(home, 'projects'))).toEqual(['app'])
})

test('files and links in the way are moved aside and not followed', () => {
  symlinkSync(outside, join(home, 'projects'))
  expect(makeMountPoint(home, 'projects/app')).toBe(true)
  writeFileSync(join(home, 'file'), 'of the agent')
  expect(makeMountPoint(home, 'file/app')).toBe(true)
  expect(
    readdirSync(home)
      .map((name) => name.replace(/\d+$/, ''))
      .sort(),
  ).toEqual(['file', 'file.aside-', 'projects', 'projects.aside-'])
  untouched()
})

test('a program that swaps a folder for a link all the while leads nothing out', async () => {
  const swap = `
    ($home, $outside) = @ARGV; chdir $home; symlink $outside, "link"; mkdir "projects"; open F, ">ready";
    while (1) {
      rename "projects", "folder"; rename "link", "projects";
      rename "projects", "link"; rename "folder", "projects"; rmdir "projects/app";
    }`
  const swapping = spawn('/usr/bin/perl', ['-e', swap, home, outside])
  const ended = once(swapping, 'exit')
  try {
    while (!existsSync(join(home, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 5))
    for (let tries = 0; tries < 3_000; tries++) {
      makeMountPoint(home, 'projects/app')
      if (tries % 100 === 0) untouched()
    }
  } finally {
    swapping.kill('SIGKILL')
    await ended
  }
  untouched()
})

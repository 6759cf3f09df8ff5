import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BaseStore } from '../../daemon/layer/baseStore.ts'
import { UserFolder } from '../../daemon/layer/userFolder.ts'

/** What somebody else does in the moment in which a file is about to get its name. */
const moment = vi.hoisted(() => ({ before: (): void => {} }))

vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>()
  const after =
    <A extends unknown[]>(call: (...args: A) => void) =>
    (...args: A) => {
      moment.before()
      call(...args)
    }
  return { ...real, linkSync: after(real.linkSync), renameSync: after(real.renameSync) }
})

let root: string
let folder: UserFolder
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'paddock-moment-'))
  await mkdir(join(root, 'project'))
  folder = new UserFolder(join(root, 'project'), new BaseStore(join(root, 'base')))
})
afterEach(async () => {
  moment.before = () => {}
  await rm(root, { recursive: true, force: true })
})

test('a file that the user makes in the last moment is not replaced by a new one of the agent’s', async () => {
  const file = join(folder.root, 'a.txt')
  moment.before = () => {
    if (!existsSync(file)) writeFileSync(file, 'user')
  }
  const placed = await folder.placeFile('a.txt', { type: 'absent' }, 0o644, async (fd) => writeSync(fd, 'agent') > 0)
  expect(readFileSync(file, 'utf8')).toBe('user')
  expect(placed).toBe('moved')
  expect(await readdir(folder.root)).toEqual(['a.txt'])
})

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { lstat, mkdtemp, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Check, Outcome, Patient } from './check.ts'

const elsewhere = 'Set PADDOCK_HOME to a private folder on a disk of this machine, and restart the daemon.'
const enoughBytes = 2 ** 30
const clockToleranceMs = 5_000
const longestSocketPath = 100

/** Of another machine: locks and layers do not hold there. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
])

/** What the daemon keeps, and what it is talked to by. */
export const dataChecks: readonly Check[] = [
  {
    ...{ id: 'dataFolder', tier: 'core', title: 'The data folder is private and can be written' },
    fix: elsewhere,
    run: dataFolder,
  },
  {
    ...{ id: 'database', tier: 'core', title: 'Only one process at a time can have the database' },
    fix: elsewhere,
    run: databaseLock,
  },
  {
    ...{ id: 'socket', tier: 'core', title: 'A socket can be listened at and reached' },
    fix: 'Set XDG_RUNTIME_DIR to a private folder with a short path, and restart the daemon.',
    run: socket,
  },
  {
    ...{ id: 'diskSpace', tier: 'core', title: 'There is room on the disk' },
    fix: elsewhere,
    run: diskSpace,
  },
  {
    ...{ id: 'clock', tier: 'core', title: 'The clock and the disk’s agree' },
    fix: 'Set the clock, as with: sudo timedatectl set-ntp true',
    run: clock,
  },
  {
    ...{ id: 'watching', tier: 'feature', title: 'Changes of files are heard of' },
    fix: 'Run: sudo sysctl fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=524288',
    run: watching,
  },
]

async function dataFolder({ dataFolder, scratch, dataFault }: Patient): Promise<Outcome> {
  if (dataFault) throw dataFault
  const { mode, uid } = await stat(dataFolder)
  if (process.getuid && uid !== process.getuid())
    return { why: `${dataFolder} belongs to somebody else.`, fix: elsewhere }
  if (process.platform !== 'win32' && mode & 0o077) {
    return { why: `${dataFolder} is open to others.`, fix: `Run: chmod 700 '${dataFolder}'` }
  }
  const network = networkFileSystems.get((await statfs(dataFolder)).type)
  if (network) return { why: `${dataFolder} lies on another machine (${network}).`, fix: elsewhere }
  const [aside, file] = [join(scratch, 'aside'), join(scratch, 'file')]
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile('written')
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, file)
  if ((await readFile(file, 'utf8')) !== 'written')
    return { why: 'What was written is not what is read.', fix: elsewhere }
  return dataFolder
}

/** From another process, as another daemon would try. */
async function databaseLock({ scratch }: Patient): Promise<Outcome> {
  const file = join(scratch, 'lock.db')
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE t (x); BEGIN EXCLUSIVE')
    const intruder = `
      const { DatabaseSync } = require('node:sqlite')
      try { new DatabaseSync(process.argv[1]).exec('CREATE TABLE u (x)') } catch (error) {
        process.exit(/locked|busy/.test(error.message) ? 7 : 8)
      }`
    const tried = promisify(execFile)(process.execPath, ['-e', intruder, file], { timeout: 20_000 })
    const code = await tried.then(
      () => 0,
      (error: { code?: number }) => error.code,
    )
    if (code === 7) return undefined
    const why = code === 0 ? 'Two processes could write to one database.' : 'A second process failed oddly at it.'
    return { why, fix: elsewhere }
  } finally {
    database.close()
  }
}

async function socket({ scratch, dataFolder, dataFault }: Patient): Promise<Outcome> {
  if (process.platform === 'win32') return undefined
  const isNear = !dataFault && Buffer.byteLength(join(dataFolder, 'daemon.sock')) <= longestSocketPath
  const short = process.env['XDG_RUNTIME_DIR'] ?? tmpdir()
  const folder = isNear ? scratch : await mkdtemp(join(short, 'paddock-doctor-'))
  // A path in the data folder that is as long as the daemon's own may be, and no longer.
  const path = isNear ? join(dataFolder, `${crypto.randomUUID().slice(0, 6)}.sock`) : join(folder, 'd.sock')
  const server = createServer((peer) => peer.end('hello'))
  try {
    server.listen(path)
    await once(server, 'listening')
    const client = createConnection(path)
    const [said] = await once(client.setEncoding('utf8'), 'data')
    client.destroy()
    if (said !== 'hello') return { why: 'What was said at a socket did not arrive.', fix: elsewhere }
    return isNear ? 'in the data folder' : `in ${short}`
  } finally {
    server.close()
    await rm(path, { force: true })
    if (!isNear) await rm(folder, { recursive: true, force: true })
  }
}

async function diskSpace({ scratch }: Patient): Promise<Outcome> {
  const { bavail, bsize } = await statfs(scratch)
  const free = bavail * bsize
  const words = `${(free / 2 ** 30).toFixed(1)} GB are free`
  if (free >= enoughBytes) return words
  return { why: `Only ${words} where data is kept.`, fix: 'Free some space, or see: paddock sandbox list' }
}

async function clock({ scratch }: Patient): Promise<Outcome> {
  const file = join(scratch, 'now')
  const before = Date.now()
  await writeFile(file, '')
  const { mtimeMs } = await lstat(file)
  const apart = Math.max(before - mtimeMs, mtimeMs - Date.now())
  const fix = 'Set the clock, as with: sudo timedatectl set-ntp true'
  if (apart > clockToleranceMs) {
    return { why: `A file written now is dated ${Math.round(apart / 1000)} s away.`, fix }
  }
  if (before < Date.UTC(2025, 0)) return { why: `The clock says ${new Date(before).toUTCString()}.`, fix }
  return undefined
}

async function watching({ scratch }: Patient): Promise<Outcome> {
  const heard = Promise.withResolvers<void>()
  const watcher = watch(scratch, () => heard.resolve())
  watcher.on('error', heard.reject)
  try {
    await writeFile(join(scratch, 'watched'), '')
    await heard.promise
    return undefined
  } finally {
    watcher.close()
  }
}

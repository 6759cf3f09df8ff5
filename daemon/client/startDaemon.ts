import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Launch } from './daemonClient.ts'
import { NoDaemon } from './daemonError.ts'

const startTimeoutMs = 30_000
const logLimit = 5 * 1024 * 1024

/**
 * Starts a daemon, or waits for another client that is starting one (start lock: `start.lock`, O_EXCL, holding the
 * starter's pid). Settles when a daemon should answer. `answers` is asked once the lock is held: whoever had it before
 * may have started one, and then none is started. The daemon is detached and gets a scrubbed environment. Rejects
 * with `NoDaemon`.
 */
export async function startDaemon(folder: string, launch: Launch, answers: () => Promise<boolean>): Promise<void> {
  try {
    await start(folder, launch, answers)
  } catch (error) {
    throw error instanceof NoDaemon ? error : unusable(folder, error)
  }
}

async function start(folder: string, launch: Launch, answers: () => Promise<boolean>): Promise<void> {
  await access(launch.entry).catch((cause) => {
    throw new NoDaemon(`The daemon's program is missing: ${launch.entry}. Install Paddock again.`, {
      cause,
      lasting: true,
    })
  })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = join(folder, 'start.lock')
  const deadline = Date.now() + startTimeoutMs
  while (!(await takeLock(lock))) {
    if (Date.now() > deadline) throw new NoDaemon(`Another client has been starting the daemon for too long (${lock}).`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (!(await exists(lock))) return
  }
  try {
    if (!(await answers())) await launchAndWait(folder, launch)
  } finally {
    await unlink(lock).catch(() => {})
  }
}

async function launchAndWait(folder: string, launch: Launch): Promise<void> {
  const logFile = join(folder, 'daemon.log')
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > logLimit) await rename(logFile, `${logFile}.1`).catch(() => {})
  const log = await open(logFile, 'a', 0o600)
  try {
    const child = spawn(launch.execPath, [launch.entry], {
      detached: true,
      cwd: folder,
      env: scrubbed(process.env, folder, launch),
      // The daemon writes a byte here when it answers.
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
      windowsHide: true,
    })
    const ready = child.stdio[3] as Readable
    const failed = once(child, 'exit').then(([code]) => {
      throw new NoDaemon(`The daemon ended at its start (exit ${code}). See ${logFile}.`)
    })
    failed.catch(() => {})
    const spawned = once(child, 'error').then(([error]) => {
      throw new NoDaemon(`The daemon could not be started: ${error}`, { cause: error, lasting: true })
    })
    spawned.catch(() => {})
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new NoDaemon(`The daemon did not answer in time. See ${logFile}.`)),
        startTimeoutMs,
      )
    })
    try {
      await Promise.race([once(ready, 'data'), failed, spawned, late])
    } finally {
      clearTimeout(timer)
      ready.destroy()
      child.unref()
    }
  } finally {
    await log.close()
  }
}

/** Only what a program needs to run; nothing of the editor's, no key, no option that a folder's `.env` could have set. */
function scrubbed(env: NodeJS.ProcessEnv, folder: string, launch: Launch): NodeJS.ProcessEnv {
  const kept = [
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'XDG_RUNTIME_DIR',
    'XDG_CONFIG_HOME',
    'XDG_DATA_HOME',
  ]
  const windows = [
    'SystemRoot',
    'USERPROFILE',
    'LOCALAPPDATA',
    'APPDATA',
    'LOCALAPPDATA',
    'TEMP',
    'TMP',
    'ComSpec',
    'PATHEXT',
  ]
  const own = Object.keys(env).filter((name) =>
    /^PADDOCK_(DEMO_PACE|IDLE_MINUTES|FORBID_NONE|SANDBOX_DISK_MIB|SANDBOX_UNUSED_DAYS)$/.test(name),
  )
  const result: NodeJS.ProcessEnv = { PADDOCK_HOME: folder, PADDOCK_READY_FD: '3' }
  for (const name of [...kept, ...windows, ...own]) if (env[name] !== undefined) result[name] = env[name]
  if (launch.idleMinutes !== undefined) result['PADDOCK_IDLE_MINUTES'] ??= String(launch.idleMinutes)
  if (launch.electron) result['ELECTRON_RUN_AS_NODE'] = '1'
  return result
}

const fixes: Record<string, string> = {
  ENOSPC: 'Free some space.',
  EDQUOT: 'Free some space.',
  EROFS: 'Set PADDOCK_HOME to a folder that can be written.',
}

function unusable(folder: string, cause: unknown): NoDaemon {
  const { code = '', message } = cause as NodeJS.ErrnoException
  const fix = fixes[code] ?? 'Make it a folder that you can write, or set PADDOCK_HOME to another one.'
  return new NoDaemon(`The data folder ${folder} cannot be used (${message}). ${fix}`, { cause, lasting: true })
}

/** False where another client holds the lock. Throws what keeps it from being made. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600)
    try {
      await file.writeFile(String(process.pid))
    } catch (error) {
      // Without a pid nobody could tell that its owner is gone.
      await unlink(lock).catch(() => {})
      throw error
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const pid = Number(await readFile(lock, 'utf8').catch(() => '0'))
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }))
    // A starter that died, or that hangs for longer than anyone would wait for it.
    if ((pid > 0 && !alive(pid)) || Date.now() - mtimeMs > startTimeoutMs) await unlink(lock).catch(() => {})
    return false
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

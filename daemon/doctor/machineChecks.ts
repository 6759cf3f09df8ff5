import { execFile } from 'node:child_process'
import { release } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Check, Outcome, Patient } from './check.ts'

const run = promisify(execFile)
const oldestNode = 24
const oldestLinux = [5, 12] as const
const editors = ['code', 'codium', 'code-insiders', 'cursor', 'code-oss']

/** Programs of this machine. */
export const machineChecks: readonly Check[] = [
  {
    ...{ id: 'node', tier: 'core', title: `Node ${oldestNode} or newer, with its database` },
    fix: `Install Node ${oldestNode} or newer.`,
    run: node,
  },
  {
    ...{ id: 'kernel', tier: 'core', title: 'A kernel that can hold layers', platforms: ['linux'] },
    fix: 'Update to Linux 5.12 or newer.',
    run: kernel,
  },
  {
    ...{ id: 'git', tier: 'feature', title: 'git makes a repository' },
    fix: 'Install git, as with: sudo apt-get install git',
    run: git,
  },
  {
    ...{ id: 'editor', tier: 'feature', title: 'The editor can be called from a command line' },
    fix: "Install VS Code, or run its command “Shell Command: Install 'code' command in PATH”.",
    run: editor,
  },
]

async function node(): Promise<Outcome> {
  const { version, versions } = process
  if (Number.parseInt(versions.node, 10) < oldestNode) {
    return { why: `This is Node ${version}.`, fix: `Install Node ${oldestNode} or newer.` }
  }
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (x)')
  database.close()
  return version
}

/** Its number only: whether layers can be mounted, the sandbox's own check finds out. */
async function kernel(): Promise<Outcome> {
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  if (major > oldestLinux[0] || (major === oldestLinux[0] && minor >= oldestLinux[1])) return release()
  return { why: `This is Linux ${release()}.`, fix: 'Update to Linux 5.12 or newer.' }
}

async function git({ scratch }: Patient): Promise<Outcome> {
  const { stdout } = await run('git', ['--version'], { timeout: 20_000 })
  await run('git', ['init', '--quiet', '--template=', join(scratch, 'repository')], { timeout: 20_000 })
  return stdout.trim().replace(/^git version /, '')
}

async function editor(): Promise<Outcome> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  for (const name of editors) {
    for (const folder of folders) {
      const said = await run(join(folder, name), ['--version'], { timeout: 20_000 }).catch((error) => error)
      if (said.code === 'ENOENT' || said.code === 'ENOTDIR' || said.code === 'EACCES') continue
      const version = /^\d[\w.-]+/m.exec(said.stdout ?? '')?.[0]
      if (version) return `${name} ${version}`
    }
  }
  const fix = "Install VS Code, or run its command “Shell Command: Install 'code' command in PATH”."
  return { why: `None of ${editors.join(', ')} is in the PATH and tells its version.`, fix }
}

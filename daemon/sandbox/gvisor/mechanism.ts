import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { promisify } from 'node:util'
import type { Diagnosis } from '../bubblewrap/diagnosis.ts'
import { findMechanism } from '../bubblewrap/mechanism.ts'
import type { GvisorMechanism } from './launch.ts'

/** Never the PATH: a folder of it may be the workspace's. All of them are seen in a sandbox. */
const systemFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin']

/** Older ones cannot list the folders of a layer. */
const oldest = 20240101
const fix =
  'Install runsc of 2024 or newer: Debian 13 has it (apt-get install runsc), and https://gvisor.dev/docs/user_guide/install says how elsewhere.'

/** Finds the programs that a gVisor sandbox is made with, or says which one is missing and how to get it. */
export async function findGvisor(): Promise<GvisorMechanism | Diagnosis> {
  const mechanism = await findMechanism()
  if ('fix' in mechanism) return mechanism
  const runsc = systemFolders.map((folder) => `${folder}/runsc`).find(isProgram)
  if (!runsc) return { why: 'The program runsc (gVisor) is not installed.', fix }
  const { stdout } = await promisify(execFile)(runsc, ['--version']).catch(() => ({ stdout: '' }))
  const [, released = ''] = stdout.match(/version .*?(\d{8})/) ?? []
  if (!released) return { why: `${runsc} does not tell its version.`, fix }
  if (Number(released) < oldest) return { why: `The gVisor of this machine is of ${released}, which is too old.`, fix }
  return { ...mechanism, runsc, released, platform: 'systrap' }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Diagnosis, installFix, perlPackages } from './diagnosis.ts'
import type { Mechanism } from './launch.ts'
import { callNumbers, seccompFilter } from './seccompFilter.ts'

/** Never the PATH: a folder of it may be the workspace's. */
const systemFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin']

const everywhere = (name: string) => ({ apt: name, dnf: name, pacman: name, zypper: name, apk: name })
const packages = {
  bwrap: everywhere('bubblewrap'),
  perl: perlPackages,
  unshare: everywhere('util-linux'),
  nsenter: everywhere('util-linux'),
}

/** Finds the programs that a sandbox is made with, or says which one is missing and how to get it. */
export async function findMechanism(): Promise<Mechanism | Diagnosis> {
  const filter = seccompFilter()
  if (process.platform !== 'linux' || !filter) {
    const why = `bubblewrap sandboxes need Linux on x86-64 or arm64; this is ${process.platform} on ${process.arch}.`
    return { why, fix: 'Run Paddock on such a machine, or inside WSL 2.' }
  }
  const found: Partial<Record<keyof typeof packages, string>> = {}
  for (const [name, names] of Object.entries(packages)) {
    const path = systemFolders.map((folder) => `${folder}/${name}`).find(isProgram)
    if (!path) return { why: `The program ${name} is not installed.`, fix: installFix(names) }
    found[name as keyof typeof packages] = path
  }
  const { bwrap, perl, unshare, nsenter } = found as Record<keyof typeof packages, string>
  const options = await optionsOf(bwrap)
  if (!options.includes('--size')) {
    return { why: 'The bubblewrap of this machine is older than 0.6.', fix: 'Install bubblewrap 0.6 or newer.' }
  }
  const hardening = options.includes('--disable-userns') ? ['--disable-userns'] : []
  return { bwrap, perl, unshare, nsenter, hardening, filter, calls: callNumbers() }
}

/** Text that has the options of a bwrap in it: the program, a millisecond's reading, or else what it says of itself. */
async function optionsOf(bwrap: string): Promise<{ includes(option: string): boolean }> {
  const program = await readFile(bwrap).catch(() => Buffer.of())
  if (program.includes('--disable-userns') && program.includes('--size')) return program
  const { stdout } = await promisify(execFile)(bwrap, ['--help']).catch(() => ({ stdout: '' }))
  return stdout
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

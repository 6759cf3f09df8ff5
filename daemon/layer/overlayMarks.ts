import { type ChildProcessWithoutNullStreams, type StdioOptions, spawn } from 'node:child_process'
import { accessSync, constants, type Stats } from 'node:fs'
import { clockTickMs } from './fileState.ts'
import { Folder } from './folder.ts'
import script from './opaque.pl'

/** Never the PATH, and never a relative one: what lies in the upper directory is the agent's. */
const systemFolders = ['/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin']
const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

interface Answer {
  readonly opaque: boolean
  /** The look that it was asked in. */
  readonly look: number
  /** Of the folder; undefined where that was too young for the next change of it to show in its times. */
  readonly ctimeMs: number | undefined
}

/**
 * The marks that overlayfs leaves in an upper directory and Node cannot read or make: opaque folders (the agent removed
 * the folder, and made it anew or moved another one to its place, so nothing of the lower one shows) and whiteouts. One
 * short perl process a call. A folder that is moved becomes opaque as it is, with the same inode, but not without a new
 * ctime: an answer holds for the look that it was asked in, and after that for as long as the ctime stays.
 */
export class OverlayMarks {
  readonly #upper: string
  readonly #known = new Map<string, Answer>()
  #look = 0

  constructor(upper: string) {
    this.#upper = upper
  }

  /** From here on, what was asked before is good only for folders that have not changed since. */
  beginLook(): void {
    this.#look += 1
  }

  /** Undefined until `ask` was called for it. */
  isOpaque(stat: Stats): boolean | undefined {
    const answer = this.#known.get(identity(stat))
    return answer && (answer.look === this.#look || answer.ctimeMs === stat.ctimeMs) ? answer.opaque : undefined
  }

  /** Finds out which of these folders of the upper directory are opaque. */
  async ask(folders: readonly { path: string; stat: Stats }[]): Promise<void> {
    const settled = Date.now() - 2 * clockTickMs
    const opaque = new Set(await this.#run(folders.map(({ path }) => `q${path}`)))
    // Forgetting all is cheap and rare; folders that are gone would otherwise stay for ever.
    if (this.#known.size > 50_000) this.#known.clear()
    for (const { path, stat } of folders) {
      const ctimeMs = stat.ctimeMs < settled ? stat.ctimeMs : undefined
      this.#known.set(identity(stat), { opaque: opaque.has(path), look: this.#look, ctimeMs })
    }
  }

  /** Only while nothing is mounted on the upper directory. */
  async clearOpaque(folders: readonly string[]): Promise<void> {
    await this.#run(folders.map((path) => `c${path}`))
    this.#known.clear()
  }

  /** Only while nothing is mounted on the upper directory. */
  async makeWhiteouts(paths: readonly string[]): Promise<void> {
    await this.#run(paths.map((path) => `w${path}`))
  }

  async #run(jobs: readonly string[]): Promise<string[]> {
    if (jobs.length === 0) return []
    const perl = this.#start()
    const output: Buffer[] = []
    const trouble: Buffer[] = []
    perl.stdout.on('data', (part: Buffer) => output.push(part))
    perl.stderr.on('data', (part: Buffer) => trouble.push(part))
    // A perl that dies early is told by its exit code.
    perl.stdin.on('error', () => {})
    perl.stdin.end(jobs.map((job) => `${job}\0`).join(''))
    const code = await new Promise<number | null>((resolve, reject) => {
      perl.on('error', reject)
      perl.on('close', resolve)
    })
    if (code !== 0) throw new Error(`overlayfs marks could not be handled: ${Buffer.concat(trouble).toString('utf8')}`)
    return Buffer.concat(output).toString('utf8').split('\0').slice(0, -1)
  }

  /** It is handed the upper directory as an open one; nothing is looked up in there but what it is asked about. */
  #start(): ChildProcessWithoutNullStreams {
    const upper = Folder.open(this.#upper)
    try {
      const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', upper.fd]
      const options = { cwd: '/', env: environment, stdio }
      // The overloads do not know of a fourth descriptor.
      return spawn(findPerl(), ['-MPOSIX=uname', '-e', script], options) as ChildProcessWithoutNullStreams
    } finally {
      upper.close()
    }
  }
}

function findPerl(): string {
  const found = systemFolders.map((folder) => `${folder}/perl`).find(isProgram)
  if (!found) throw new Error(`There is no perl in ${systemFolders.join(', ')}.`)
  return found
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** An inode's number is used again after it is gone; with its birth it names one folder for good. */
function identity(stat: Stats): string {
  return `${stat.ino}:${stat.birthtimeMs}`
}

import { spawn } from 'node:child_process'
import type { Stats } from 'node:fs'
import script from './opaque.pl'

/**
 * The marks that overlayfs leaves in an upper directory and Node cannot read or make: opaque folders (the agent removed
 * the folder and made it anew, so nothing of the lower one shows) and whiteouts. One short perl process a call, and a
 * folder is asked about once: a folder that lies over a lower one cannot become opaque later without being made anew.
 */
export class OverlayMarks {
  readonly #upper: string
  readonly #known = new Map<string, boolean>()

  constructor(upper: string) {
    this.#upper = upper
  }

  /** Undefined until `ask` was called for it. */
  isOpaque(stat: Stats): boolean | undefined {
    return this.#known.get(identity(stat))
  }

  /** Finds out which of these folders of the upper directory are opaque. */
  async ask(folders: readonly { path: string; stat: Stats }[]): Promise<void> {
    const opaque = new Set(await this.#run(folders.map(({ path }) => `q${path}`)))
    // Forgetting all is cheap and rare; folders that are gone would otherwise stay for ever.
    if (this.#known.size > 50_000) this.#known.clear()
    for (const { path, stat } of folders) this.#known.set(identity(stat), opaque.has(path))
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
    const perl = spawn('perl', ['-MPOSIX=uname', '-e', script], { cwd: this.#upper, stdio: ['pipe', 'pipe', 'pipe'] })
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
}

/** An inode's number is used again after it is gone; with its birth it names one folder for good. */
function identity(stat: Stats): string {
  return `${stat.ino}:${stat.birthtimeMs}`
}

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What other products remember a folder by: a repository beside it. Commits and restores all there is in the folder. */
export class ShadowGit {
  readonly #args: readonly string[]

  constructor(folder: string, beside: string) {
    this.#args = ['--git-dir', join(beside, 'shadow.git'), '--work-tree', folder]
    this.#run('init', '--quiet')
  }

  /** Answers the commit's name. */
  commit(): string {
    this.#run('add', '--all')
    const tree = this.#run('write-tree')
    return this.#run('-c', 'user.name=b', '-c', 'user.email=b@example.com', 'commit-tree', '-m', 'c', tree)
  }

  changes(): void {
    this.#run('status', '--porcelain', '--untracked-files=all')
  }

  restore(commit: string): void {
    this.#run('read-tree', '--reset', '-u', commit)
  }

  #run(...args: string[]): string {
    const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
    return execFileSync('git', [...this.#args, ...args], { env, encoding: 'utf8', maxBuffer: 1 << 26 }).trim()
  }
}

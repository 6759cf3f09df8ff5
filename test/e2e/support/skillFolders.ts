import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder and a home directory with these files in them, by relative path. */
export class SkillFolders {
  readonly #parent = mkdtempSync(join(tmpdir(), 'skills-'))
  readonly path = join(this.#parent, 'project')
  readonly home = join(this.#parent, 'me')

  constructor(files: Readonly<Record<string, string>>, personal: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, text)
    for (const [path, text] of Object.entries(personal)) put(join(this.home, path), text)
  }

  write(path: string, text: string): void {
    put(join(this.path, path), text)
  }

  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined {
    const file = join(this.path, path)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }

  remove(): void {
    rmSync(this.#parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

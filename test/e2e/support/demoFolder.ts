import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../../../scripts/setup/places.mjs'

/** A fresh copy of the demo workspace, and what lies in it. */
export class DemoFolder {
  readonly #parent = mkdtempSync(join(tmpdir(), 'demo-'))
  readonly path = join(this.#parent, 'shop')

  constructor() {
    cpSync(join(repository, 'test/fixtures/demo'), this.path, { recursive: true })
  }

  read(path: string): string {
    return readFileSync(join(this.path, path), 'utf8')
  }

  /** Every file and folder: bytes, mode and time of change. */
  snapshot(): Record<string, string> {
    const names = readdirSync(this.path, { recursive: true, encoding: 'utf8' }).sort()
    return Object.fromEntries(names.map((name) => [name, this.#state(join(this.path, name))]))
  }

  remove(): void {
    rmSync(this.#parent, { recursive: true, force: true })
  }

  #state(path: string): string {
    const stat = lstatSync(path)
    // A file that is written beside another and renamed changes its folder's time; the folder's own bytes are its names.
    if (stat.isDirectory()) return `folder ${stat.mode.toString(8)}`
    return `${stat.mode.toString(8)} ${stat.mtimeMs} ${readFileSync(path, 'base64')}`
  }
}

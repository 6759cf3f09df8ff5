import { createRequire } from 'node:module'
import { join } from 'node:path'

// Required where they are used, not imported, as in launch.ts.
const require = createRequire(import.meta.url)
const files = (): typeof import('node:fs') => require('node:fs')
const sumOf = (data: Buffer): number => (require('node:zlib') as typeof import('node:zlib')).crc32(data)

/** Where what V8 compiled of a program is kept for the next start: in a folder that is this user’s alone, because whoever writes there runs as them. */
export interface Keeping {
  readonly folder: string
  readonly name: string
  /** Of the program: what others left is removed a day later. */
  readonly build: string
  /** A start that does little has compiled little, and keeps nothing. */
  readonly writes: boolean
}

/**
 * Runs a program that is one CommonJS file, and answers what it exports. Node’s own cache keeps only what is compiled before a program runs;
 * here it is all that was compiled by its end, which is nearly all that the next start runs.
 */
export function keptProgram<T>(file: string, keeping: Keeping | undefined): T {
  const { Script }: typeof import('node:vm') = require('node:vm')
  const known = keeping && read(keeping)
  const source = `(function (require, module) {${files().readFileSync(file, 'utf8')}\n})`
  const script = new Script(source, { filename: file, ...(known && { cachedData: known }) })
  if (keeping?.writes && (!known || script.cachedDataRejected)) {
    process.once('exit', () => write(keeping, script.createCachedData()))
  }
  const module = { exports: {} as T }
  script.runInThisContext()(require, module)
  return module.exports
}

const sumLength = 4
const oneDay = 24 * 60 * 60 * 1000

function fileOf({ folder, name, build }: Keeping): string {
  return join(folder, `${name}-${build}-${process.version}`)
}

/** V8 believes whatever it is given, so what is damaged is found here. */
function read(keeping: Keeping): Buffer | undefined {
  try {
    const kept = files().readFileSync(fileOf(keeping))
    const data = kept.subarray(sumLength)
    return kept.readUInt32LE() === sumOf(data) ? data : undefined
  } catch {
    return undefined
  }
}

function write(keeping: Keeping, data: Buffer): void {
  const { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } = files()
  const { folder, name } = keeping
  const file = fileOf(keeping)
  const aside = `${file}.${process.pid}.new`
  try {
    const sum = Buffer.alloc(sumLength)
    sum.writeUInt32LE(sumOf(data))
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(aside, Buffer.concat([sum, data]), { mode: 0o600 })
    renameSync(aside, file)
    for (const other of readdirSync(folder)) {
      const path = join(folder, other)
      if (other.startsWith(`${name}-`) && statSync(path).mtimeMs < Date.now() - oneDay) rmSync(path)
    }
  } catch {
    // A full disk: the next start compiles it again.
  }
}

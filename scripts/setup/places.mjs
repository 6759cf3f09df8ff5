import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** What set-up builds once for all checkouts of this user; may be deleted at any time. */
export const cacheFolder =
  process.env.PADDOCK_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'paddock')

const codeServerVersion = '4.139.1'

/** The npm package that carries a whole VS Code server and its web workbench. */
export const codeServer = { version: codeServerVersion, folder: join(cacheFolder, `code-server-${codeServerVersion}`) }

/** The VS Code server's entry, to be run with Node 24. */
export const serverMain = join(codeServer.folder, 'node_modules/code-server/lib/vscode/out/server-main.js')

/** The Node that the npm package `node` brings. */
export const node24 = join(
  repository,
  process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node',
)

/**
 * Where a program of this name lies on the PATH, or null.
 * @param {string} program
 * @returns {string | null}
 */
export function onPath(program) {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program]
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      if (folder && existsSync(join(folder, name))) return join(folder, name)
    }
  }
  return null
}

/**
 * A JSON file's content; undefined where there is none.
 * @param {string} path
 * @returns {any}
 */
export function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

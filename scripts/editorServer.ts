import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { node24, readJson, serverMain } from './setup/places.mjs'

export interface EditorServerParams {
  /** Everything of this editor lies in here: settings, state, logs, installed extensions. */
  readonly dataFolder: string
  /** A folder that holds an unpacked extension, loaded as if it were installed. */
  readonly extension?: string
  /** Opened where the address names no folder. */
  readonly defaultFolder?: string
  /** User settings; written only where the data folder has none yet. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Every folder is trusted, and nobody is asked. */
  readonly trustEverything?: boolean
  /** The page may name an extension to develop and tests to run; a server that people use takes neither from an address. */
  readonly runsTests?: boolean
  /** 0 for any free port. */
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A VS Code server on this machine's loopback address, with the workbench as a web page. */
export interface EditorServer {
  readonly port: number
  readonly token: string
  readonly address: string
  /** Settles when the server ended by itself, with its last output. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/** Starts the VS Code server of the npm package `code-server`. It is closed with everything that it started. */
export async function startEditorServer(params: EditorServerParams): Promise<EditorServer> {
  const token = prepare(params)
  const child = spawn(node24, [serverMain, ...flags(params)], {
    env: { ...cleanEnvironment(), ...params.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output: string[] = []
  const ended = once(child, 'exit').then(() => output.join('\n'))
  const port = await portOf(child, output)
  return {
    port,
    token,
    address: `http://127.0.0.1:${port}/?tkn=${token}`,
    ended,
    async close() {
      signalGroup(child, 'SIGTERM')
      await ended
      signalGroup(child, 'SIGKILL')
    },
  }
}

/** Installs a packaged extension into an editor's data folder, as a person would. */
export async function installExtension(dataFolder: string, vsix: string): Promise<void> {
  const where = ['--server-data-dir', dataFolder, '--extensions-dir', join(dataFolder, 'extensions')]
  const args = [serverMain, '--accept-server-license-terms', ...where, '--install-extension', vsix]
  await promisify(execFile)(node24, args, { env: cleanEnvironment() })
}

function flags({ dataFolder, defaultFolder, trustEverything, runsTests, port = 0 }: EditorServerParams): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token-file', join(dataFolder, 'token')],
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--force-disable-user-env'],
    ...['--server-data-dir', dataFolder, '--extensions-dir', join(dataFolder, 'extensions')],
    ...(defaultFolder ? ['--default-folder', defaultFolder] : []),
    ...(runsTests ? ['--enable-smoke-test-driver'] : []),
    ...(trustEverything ? ['--disable-workspace-trust'] : []),
  ]
}

/** The token stays with the data folder, so that a page which is still open finds its server again. */
function prepare({ dataFolder, extension, settings }: EditorServerParams): string {
  mkdirSync(join(dataFolder, 'extensions'), { recursive: true, mode: 0o700 })
  mkdirSync(join(dataFolder, 'data/User'), { recursive: true })
  writeIfAbsent(join(dataFolder, 'token'), randomBytes(24).toString('base64url'))
  if (settings) writeIfAbsent(join(dataFolder, 'data/User/settings.json'), JSON.stringify(settings, null, 2))
  if (extension) writeFileSync(join(dataFolder, 'extensions/extensions.json'), JSON.stringify([installed(extension)]))
  return readFileSync(join(dataFolder, 'token'), 'utf8')
}

function writeIfAbsent(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** The line of VS Code's list of installed extensions that names a folder elsewhere. */
function installed(folder: string): object {
  const { publisher, name, version } = readJson(join(folder, 'package.json'))
  return { identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path: folder, scheme: 'file' } }
}

/** Neither npm's variables and folders nor those of an editor that this was started from belong to the new editor. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS|INIT_CWD)/.test(name),
  )
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) }
}

async function portOf(child: ChildProcess, output: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        output.push(line)
        if (output.length > 50) output.shift()
        const match = line.match(/agent listening on (\d+)/)
        if (match) resolve(Number(match[1]))
      })
    }
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`The VS Code server ended at once:\n${output.join('\n')}`)))
  })
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

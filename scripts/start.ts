import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { calmSettings } from './calmSettings.ts'
import { commandLine } from './commandLine.ts'
import { startEditorServer } from './editorServer.ts'
import { cacheFolder, onPath, repository } from './setup/places.mjs'

const usage = `npm start -- [--folder PATH] [--port N] [--reset]

Opens VS Code with Paddock on a small demo workspace, or on a folder of yours.
With \`code\` on the PATH that VS Code is used; otherwise a VS Code server is
started on this machine, and its address printed.

  --folder PATH  open this folder instead of the demo
  --port N       where the VS Code server listens (default: any free port)
  --reset        begin with a fresh copy of the demo
  --help         this text`

const flags = commandLine(usage, {
  folder: { type: 'string' },
  port: { type: 'string', default: '0' },
  reset: { type: 'boolean', default: false },
})
const folder = flags.folder === undefined ? demoFolder(flags.reset) : folderOf(flags.folder)
const built = spawnSync(process.execPath, [join(repository, 'scripts/build.ts')], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
const code = onPath('code')
if (code) openInstalledEditor(code)
else await serveEditor()

/** The demo is worked on in a copy, so that the checkout stays as it is. */
function demoFolder(reset: boolean): string {
  const copy = join(cacheFolder, 'demo')
  if (reset) rmSync(copy, { recursive: true, force: true })
  if (!existsSync(copy)) cpSync(join(repository, 'test/fixtures/demo'), copy, { recursive: true })
  return copy
}

function folderOf(path: string): string {
  // npm runs scripts in the checkout; the person means the folder they are in.
  const folder = resolve(process.env['INIT_CWD'] ?? process.cwd(), path)
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder
  console.error(`There is no folder ${folder}.`)
  process.exit(1)
}

function openInstalledEditor(program: string): void {
  const args = [`--extensionDevelopmentPath=${repository}`, folder]
  const { status } = spawnSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status === 0) console.log(`\nVS Code opens with Paddock on ${folder}.`)
  process.exit(status ?? 1)
}

async function serveEditor(): Promise<void> {
  const dataFolder = join(cacheFolder, 'editor')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const server = await startEditorServer({
    dataFolder,
    extension: repository,
    defaultFolder: folder,
    settings: calmSettings,
    trustEverything: flags.folder === undefined,
    port: Number(flags.port),
  })
  console.log(`
VS Code with Paddock is ready. Open this address in a browser on this machine:

  ${server.address}

Folder: ${folder}
Paddock is the fence in the bar of icons. Ctrl+C ends the editor; what Paddock has done stays.
`)
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    void server.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const output = await server.ended
  if (stopping) return
  console.error(`The VS Code server ended by itself:\n${output}`)
  process.exitCode = 1
}

#!/usr/bin/env node
// Stands in for VS Code's executable: takes its command line, runs the tests in a VS Code server and a browser, and
// exits as they did. Thus `runTests` of @vscode/test-electron works where no desktop VS Code can be downloaded.
import { isAbsolute } from 'node:path'
import { calmSettings } from '../../../scripts/calmSettings.ts'
import { startEditorServer } from '../../../scripts/editorServer.ts'
import { launchBrowser } from './browser.ts'

const [given, folder] = commandLine(process.argv.slice(2))
const required = (name: string) => {
  const value = given.get(name)
  if (!value) throw new Error(`This stands in for VS Code only with --${name}=…`)
  return value
}

const server = await startEditorServer({
  dataFolder: required('user-data-dir'),
  settings: calmSettings,
  trustEverything: given.has('disable-workspace-trust'),
  runsTests: true,
})
const browser = await launchBrowser()
let exitCode = 1
try {
  const page = await browser.newPage()
  const finished = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve)
    void server.ended.then(() => resolve(1))
    page.on('close', () => resolve(1))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(1))
  })
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => console.log(`[${type}]`, ...args))
  const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${path}`
  const payload = [
    ['extensionDevelopmentPath', remote(required('extensionDevelopmentPath'))],
    ['extensionTestsPath', remote(required('extensionTestsPath'))],
    ['skipWelcome', 'true'],
  ]
  const open = folder ? `&folder=${encodeURIComponent(folder)}` : ''
  await page.goto(`${server.address}${open}&payload=${encodeURIComponent(JSON.stringify(payload))}`)
  exitCode = await finished
} finally {
  await browser.close()
  await server.close()
}
process.exit(exitCode)

/** VS Code's flags, and the folder among them. */
function commandLine(args: readonly string[]): [Map<string, string>, string | undefined] {
  const flags = args.flatMap((arg) => arg.match(/^--([^=]+)(?:=(.*))?$/s)?.slice(1, 3) ?? [])
  const pairs = Array.from({ length: flags.length / 2 }, (_, i) => [flags[2 * i]!, flags[2 * i + 1] ?? ''] as const)
  return [new Map(pairs), args.find((arg) => isAbsolute(arg))]
}

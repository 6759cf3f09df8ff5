import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { calmSettings } from '../../../scripts/calmSettings.ts'
import { type EditorServer, installExtension, startEditorServer } from '../../../scripts/editorServer.ts'
import { repository } from '../../../scripts/setup/places.mjs'
import { launchBrowser } from './browser.ts'
import { stopDaemon } from './daemonProcess.ts'
import { Workbench } from './workbench.ts'

export interface EditorParams {
  /** The folder that is open. */
  readonly folder: string
  /** A packaged extension to install; without it the checkout's own build is loaded. */
  readonly vsix?: string
  readonly settings?: Readonly<Record<string, unknown>>
  /** The user's home directory, for editor and daemon. */
  readonly userHome?: string
  /** The folder is not trusted until somebody says so. */
  readonly untrusted?: boolean
}

/** A real VS Code with Paddock, a daemon of its own, and a browser in front of it. */
export interface Editor {
  readonly page: Page
  readonly workbench: Workbench
  /** The data folder of this editor's daemon. */
  readonly home: string
  /** Ends browser, editor and daemon, and removes all that they kept. */
  close(): Promise<void>
}

export async function startEditor(params: EditorParams): Promise<Editor> {
  const root = mkdtempSync(join(tmpdir(), 'ed-'))
  const home = join(root, 'home')
  mkdirSync(home, { mode: 0o700 })
  let server: EditorServer | undefined
  let browser: Browser | undefined
  const close = async () => {
    await browser?.close()
    await server?.close()
    await stopDaemon(home)
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    const dataFolder = join(root, 'editor')
    if (params.vsix) await installExtension(dataFolder, params.vsix)
    server = await startEditorServer({
      dataFolder,
      ...(params.vsix ? {} : { extension: repository }),
      settings: { ...calmSettings, ...params.settings },
      trustEverything: params.untrusted !== true,
      env: { PADDOCK_HOME: home, PADDOCK_DEMO_PACE: '0', ...(params.userHome ? { HOME: params.userHome } : {}) },
    })
    browser = await launchBrowser()
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    const workbench = new Workbench(page)
    await page.goto(`${server.address}&folder=${encodeURIComponent(params.folder)}`)
    await page.locator('.monaco-workbench').waitFor()
    return { page, workbench, home, close }
  } catch (error) {
    await close()
    throw error
  }
}

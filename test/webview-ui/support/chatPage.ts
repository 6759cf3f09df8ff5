/// <reference lib="dom" />
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { bundlePage } from './bundlePage.ts'
import { ScriptedHost } from './scriptedHost.ts'
import { fonts, type Theme, themes } from './themes.ts'

/** The chat page as the editor shows it, in a browser, with a scripted host behind it. */
export interface ChatPage {
  readonly page: Page
  readonly host: ScriptedHost
  /** What the browser said of blocked loads and uncaught errors. */
  readonly complaints: readonly string[]
  /** Every address that was asked for, other than the page's own three. */
  readonly foreign: readonly string[]
}

export interface ChatPages {
  open(options?: {
    theme?: Theme
    width?: number
    height?: number
    prepare?: (host: ScriptedHost) => void
  }): Promise<ChatPage>
  close(): Promise<void>
}

const nonce = 'bm9uY2U'

/** A browser and a server for the bundled page. One for a test file; `close` ends both. */
export async function chatPages(): Promise<ChatPages> {
  const { script, style } = await bundlePage()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://page')
    if (url.pathname === '/main.js') return response.setHeader('content-type', 'text/javascript').end(script)
    if (url.pathname === '/main.css') return response.setHeader('content-type', 'text/css').end(style)
    if (url.pathname === '/theme.css') {
      const theme = themes[(url.searchParams.get('theme') ?? 'dark') as Theme]
      return response.setHeader('content-type', 'text/css').end(themeStyle(theme))
    }
    if (url.pathname !== '/') return response.writeHead(404).end()
    const theme = (url.searchParams.get('theme') ?? 'dark') as Theme
    response
      .setHeader('content-type', 'text/html; charset=utf-8')
      .setHeader(
        'content-security-policy',
        `default-src 'none'; style-src 'self'; script-src 'nonce-${nonce}'; font-src 'self'`,
      )
      .end(html(theme))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
  return {
    open: (options) => open(browser, address, options),
    async close() {
      await browser.close()
      await closed(server)
    },
  }
}

async function open(
  browser: Browser,
  address: string,
  { theme = 'dark', width = 420, height = 760, prepare }: Parameters<ChatPages['open']>[0] = {},
): Promise<ChatPage> {
  const context = await browser.newContext({ viewport: { width, height } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  const complaints: string[] = []
  const foreign: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${address}/`)) foreign.push(request.url())
  })
  const host = new ScriptedHost()
  prepare?.(host)
  await host.attach(page)
  await page.addInitScript(() => {
    const calls = { setInterval: 0, setTimeout: 0, requestAnimationFrame: 0 }
    for (const name of Object.keys(calls) as (keyof typeof calls)[]) {
      const original = window[name] as (...args: unknown[]) => number
      Object.assign(window, {
        [name](...args: unknown[]) {
          calls[name]++
          return original.apply(window, args)
        },
      })
    }
    Object.assign(window, {
      calls,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) =>
          (window as unknown as { fromPage: (message: unknown) => void }).fromPage(message),
        getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
        setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
      }),
    })
  })
  await page.goto(`${address}/?theme=${theme}`)
  await page.waitForSelector('.composer')
  return { page, host, complaints, foreign }
}

function html(theme: Theme): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Paddock</title>
<link rel="stylesheet" href="/theme.css?theme=${theme}"><link rel="stylesheet" href="/main.css"></head>
<body class="${themes[theme].bodyClass}"><div id="root"></div><script nonce="${nonce}" src="/main.js"></script></body></html>`
}

function themeStyle({ background, variables }: (typeof themes)[Theme]): string {
  const all = { ...fonts, ...variables }
  const lines = Object.entries(all).map(([name, value]) => `--vscode-${name}: ${value};`)
  return `:root { ${lines.join(' ')} } html { background: ${background}; } body { padding: 0 20px; }`
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

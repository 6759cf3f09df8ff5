/// <reference lib="dom" />
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type ChatPages, chatPages } from './support/chatPage.ts'
import type { ScriptedHost } from './support/scriptedHost.ts'
import { askForNetwork, begin, fixTheTest, grave, step } from './support/story.ts'
import type { Theme } from './support/themes.ts'

const output = fileURLToPath(new URL('../output/webview-ui/', import.meta.url))
let pages: ChatPages

beforeAll(async () => {
  mkdirSync(output, { recursive: true })
  pages = await chatPages()
})
afterAll(() => pages.close())

function inTheMiddle(host: ScriptedHost) {
  host.createSession('Explain how this project is put together')
  const session = host.createSession('Fix the failing test')
  for (const event of [
    ...fixTheTest('t1'),
    ...askForNetwork(session, 't1', 5, 'npm install --package-lock-only --no-audit'),
  ]) {
    host.record(session, event)
  }
  host.record(session, { type: 'taskSubmitted', task: 't2', prompt: 'Then add a test for an empty cart' })
  host.view = { ...host.view, session }
}

function grantOf(host: ScriptedHost) {
  const session = host.createSession('Clean up')
  for (const event of [
    ...begin('t1', 'Clean up'),
    ...askForNetwork(session, 't1', 1, 'npm run clean && sudo rm -rf build $X', grave),
  ]) {
    host.record(session, event)
  }
  host.view = { ...host.view, session }
}

const looks: [name: string, theme: Theme, width: number, prepare: (host: ScriptedHost) => void][] = [
  ['approval-dark', 'dark', 420, inTheMiddle],
  ['approval-light', 'light', 420, inTheMiddle],
  ['approval-high-contrast', 'highContrast', 420, inTheMiddle],
  ['approval-narrow', 'dark', 300, inTheMiddle],
  ['approval-wide', 'light', 1100, inTheMiddle],
  ['empty-dark', 'dark', 420, () => {}],
  ['empty-light-narrow', 'light', 300, () => {}],
  [
    'no-sandbox',
    'dark',
    420,
    (host) => {
      host.view = {
        ...host.view,
        sandbox: {
          type: 'unavailable',
          kind: 'bubblewrap',
          why: 'bubblewrap is not installed.',
          fix: 'sudo apt-get install bubblewrap',
        },
      }
    },
  ],
  [
    'untrusted',
    'dark',
    420,
    (host) => {
      host.view = { ...host.view, connection: 'untrusted' }
    },
  ],
  [
    'no-daemon',
    'light',
    420,
    (host) => {
      host.view = {
        ...host.view,
        connection: {
          failed: 'The daemon ended right after it was started.',
          fix: 'Look into “Paddock: Show Daemon Log”.',
        },
      }
    },
  ],
  [
    'failed',
    'dark',
    420,
    (host) => {
      const session = host.createSession('Fix the failing test')
      for (const event of [
        ...fixTheTest('t1'),
        { type: 'taskCompleted', task: 't1' } as const,
        { type: 'changeKept', path: 'src/cart.js', hunks: 1, by: 'Ada' } as const,
        { type: 'changeDiscarded', path: 'src/format.js', by: 'Ada' } as const,
        ...begin('t2', 'Explain the parts of this project.\n\nIn a table, please.'),
        ...step(
          't2',
          1,
          '| Part | What it does |\n|---|---|\n| `src/cart.js` | the sums |\n| `src/format.js` | prices |\n\n> A quote\n\n1. One\n2. Two\n   - [x] three\n   - [ ] four',
        ),
        {
          type: 'taskFailed',
          task: 't2',
          failure: {
            code: 'modelUnreachable',
            message: 'The model at http://127.0.0.1:11434/v1 could not be reached: connection refused.',
            fix: 'Start the server, or set another address with “Paddock: Set Model and Key…”.',
          },
        } as const,
      ]) {
        host.record(session, event)
      }
      host.view = { ...host.view, session }
    },
  ],
]

test.each(looks)('%s can be looked at, and shows nothing beyond its width', async (name, theme, width, prepare) => {
  const { page, complaints } = await pages.open({ theme, width, height: 900, prepare })
  await page.waitForFunction(() => document.querySelector('.empty, .row') !== null || document.querySelector('.banner'))
  await page.evaluate(() => document.fonts.ready)
  await eventually(() => page.locator('button:disabled, button[aria-disabled=true]').count()).toBeLessThanOrEqual(1)
  await page.screenshot({ path: `${output}${name}.png` })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  expect(complaints).toEqual([])
  await page.context().close()
})

test.each<[Theme, number]>([
  ['dark', 420],
  ['light', 420],
  ['highContrast', 420],
  ['dark', 300],
])('every way to answer can be looked at in %s, %i pixels wide', async (theme, width) => {
  const { page, complaints } = await pages.open({ theme, width, height: 1_100, prepare: grantOf })
  await page.getByRole('button', { name: 'More…' }).click()
  await page.getByRole('textbox', { name: 'Rule 1 of 2' }).waitFor()
  await eventually(() => page.locator('button[aria-disabled=true]').count()).toBe(0)
  await page.screenshot({ path: `${output}grant-${theme}-${width}.png` })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('the session menu and unfolded calls can be looked at', async () => {
  const { page, complaints } = await pages.open({ height: 900, prepare: inTheMiddle })
  await page.locator('.approval').waitFor()
  for (const fold of await page.locator('.fold').all()) await fold.click()
  await page.evaluate(() => document.querySelector('.scroller')!.scrollTo(0, 0))
  await page.locator('.prompt').first().waitFor()
  await page.screenshot({ path: `${output}unfolded-dark.png` })
  await page.locator('.picker').click()
  await page.getByRole('button', { name: 'Delete Explain how this project is put together' }).click()
  await page.screenshot({ path: `${output}sessions-dark.png` })
  expect(complaints).toEqual([])
  await page.context().close()
})

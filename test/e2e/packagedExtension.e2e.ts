import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FrameLocator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { repository } from '../../scripts/setup/places.mjs'
import { DemoFolder } from './support/demoFolder.ts'
import { type Editor, startEditor } from './support/editor.ts'

// What a person gets who installs the package, and goes about it by palette and notifications.
const vsix = join(repository, 'dist/paddock.vsix')
let demo: DemoFolder
let editor: Editor
let chat: FrameLocator
let before: Record<string, string>

beforeAll(async () => {
  if (!existsSync(vsix)) throw new Error('There is no dist/paddock.vsix. Run `npm run package` first.')
  demo = new DemoFolder()
  before = demo.snapshot()
  editor = await startEditor({
    folder: demo.path,
    vsix,
    settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  })
  chat = editor.workbench.webview()
})

afterAll(async () => {
  await editor?.close()
  demo?.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

test('the package is small', () => {
  const { size } = statSync(vsix)
  console.log(`figure: paddock.vsix ${Math.ceil(size / 1024)} kB`)
  expect(size).toBeLessThan(3_000_000)
})

test('a task is run from the palette', async () => {
  await editor.workbench.run('Paddock: Run Task…')
  await editor.workbench.answer('Paddock: Run Task', 'Fix the failing test')
  await editor.workbench.notification(/npm install --package-lock-only/).waitFor()
  await editor.workbench.run('Paddock: Focus Chat')
  await chat.getByRole('button', { name: 'Allow once' }).waitFor()
  await editor.workbench.picture('dark-1-approval')
})

test('the notification denies, and the agent goes on without', async () => {
  const notification = editor.workbench.notification(/npm install --package-lock-only/)
  await notification.getByRole('button', { name: 'Deny' }).click()
  await chat.getByText(/^Done · /).waitFor()
  await editor.page.getByRole('treeitem', { name: /cart\.js/ }).waitFor()
  expect(await editor.page.getByRole('treeitem', { name: /package-lock\.json/ }).count()).toBe(0)
  await editor.workbench.picture('dark-2-done')
})

test('the review opens', async () => {
  await editor.workbench.run('Paddock: Review Changes')
  await editor.page.locator('.review-widget', { hasText: 'Hunk 1 of' }).first().waitFor()
  await editor.workbench.picture('dark-3-review')
})

test('everything is discarded, and nothing in the folder has moved', async () => {
  await editor.workbench.run('Paddock: Discard All')
  await editor.page
    .locator('.monaco-dialog-box')
    .getByRole('button', { name: /Discard/ })
    .click()
  await editor.page.getByRole('treeitem', { name: /cart\.js/ }).waitFor({ state: 'detached' })
  expect(demo.snapshot()).toEqual(before)
})

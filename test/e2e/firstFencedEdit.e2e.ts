import type { FrameLocator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DemoFolder } from './support/demoFolder.ts'
import { type Editor, startEditor } from './support/editor.ts'

// One person's way through the product, each test a step of it: from a prompt to a kept hunk.
let demo: DemoFolder
let editor: Editor
let chat: FrameLocator
let before: Record<string, string>

beforeAll(async () => {
  demo = new DemoFolder()
  before = demo.snapshot()
  editor = await startEditor({ folder: demo.path, settings: { 'workbench.colorTheme': 'Default Light Modern' } })
  chat = editor.workbench.webview()
})

afterAll(async () => {
  await editor?.close()
  demo.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

const hunk = (label: string) => editor.page.locator('.review-widget', { hasText: label })
const change = (name: RegExp) => editor.page.getByRole('treeitem', { name })

test('the chat panel takes a task', async () => {
  await editor.workbench.run('Paddock: Focus Chat')
  await chat.getByText('Demo model').waitFor()
  await editor.workbench.picture('light-1-empty')
  await chat.getByRole('textbox').fill('Fix the failing test')
  await chat.getByRole('button', { name: 'Send' }).click()
  await chat.getByRole('button', { name: 'Allow once' }).waitFor()
})

test('the approval is asked in the chat, a notification, the tree and the status bar', async () => {
  const command = /npm install --package-lock-only/
  await chat.getByText(command).first().waitFor()
  await editor.workbench.notification(command).waitFor()
  await change(command).waitFor()
  await editor.page.getByRole('button', { name: /Paddock: 1 approval/ }).waitFor()
  await editor.workbench.picture('light-2-approval')
})

test('a reloaded window still shows the session and its question', async () => {
  await editor.workbench.reload()
  await editor.workbench.run('Paddock: Focus Chat')
  await chat.getByRole('button', { name: 'Allow once' }).waitFor()
})

test('the answer is given in the chat, and the task completes', async () => {
  await chat.getByRole('button', { name: 'Allow once' }).click()
  await chat.getByText(/^Done · /).waitFor()
  await editor.workbench.picture('light-3-done')
})

test('nothing in the folder has moved', () => {
  expect(demo.snapshot()).toEqual(before)
})

test('the diff shows the two hunks of a file', async () => {
  await change(/cart\.js/).click()
  await hunk('Hunk 1 of 2').waitFor()
  await hunk('Hunk 2 of 2').waitFor()
  await editor.workbench.picture('light-4-diff')
})

test('a kept hunk is in the file, and nothing else is', async () => {
  await hunk('Hunk 1 of 2').getByRole('button', { name: 'Keep Hunk' }).click()
  await hunk('Hunk 1 of 1').waitFor()
  const kept = demo.read('src/cart.js')
  expect(kept).toBe(original('src/cart.js').replace('quantity > bulkQuantity', 'quantity >= bulkQuantity'))
  expect(others(demo.snapshot())).toEqual(others(before))
})

test('a discarded hunk is gone, and the file stays as it was', async () => {
  const kept = demo.snapshot()
  await hunk('Hunk 1 of 1').getByRole('button', { name: 'Discard Hunk' }).click()
  await change(/cart\.js/).waitFor({ state: 'detached' })
  expect(demo.snapshot()).toEqual(kept)
})

test('the review shows what is left, each hunk once', async () => {
  await editor.workbench.run('Paddock: Review Changes')
  await hunk('Hunk 1 of 1 · +1 −1').waitFor()
  await hunk('Hunk 1 of 1 · +12 −0').waitFor()
  await editor.workbench.picture('light-5-review')
  expect(await hunk('Hunk').count()).toBe(2)
})

function original(path: string): string {
  return Buffer.from(before[path]?.split(' ')[2] ?? '', 'base64').toString()
}

/** All but the file that the kept hunk belongs to. */
function others({ 'src/cart.js': _, ...rest }: Record<string, string>): Record<string, string> {
  return rest
}

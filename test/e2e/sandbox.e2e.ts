import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DemoFolder } from './support/demoFolder.ts'
import { type Editor, startEditor } from './support/editor.ts'

// A person looks after the folder's sandbox, each test a step of it: from a terminal to a reset.
let demo: DemoFolder
let editor: Editor

// Text of a terminal that is painted cannot be read from the page.
const settings = { 'workbench.colorTheme': 'Default High Contrast', 'terminal.integrated.gpuAcceleration': 'off' }

beforeAll(async () => {
  demo = new DemoFolder()
  editor = await startEditor({ folder: demo.path, settings })
})

afterAll(async () => {
  await editor?.close()
  demo.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

const line = (name: RegExp) => editor.page.getByRole('treeitem', { name })
const terminal = () => editor.page.locator('.terminal-wrapper.active .xterm-rows')
const type = (text: string) => editor.page.keyboard.type(`${text}\n`)
const dialog = (text: string) => editor.page.locator('.monaco-dialog-box', { hasText: text })

test('a folder without a sandbox says so, and how to get one', async () => {
  await editor.workbench.run('Paddock: Focus Chat')
  await editor.page.locator('.pane-header', { hasText: 'Sandbox' }).click()
  await editor.page.getByText('No sandbox in this folder yet.').waitFor()
  // Room for the views below.
  await editor.page.locator('.pane-header', { hasText: 'Chat' }).click()
})

test('the terminal runs in the sandbox, and what is written there is a change to review', async () => {
  await editor.workbench.run('Paddock: Open Sandbox Terminal')
  await terminal().getByText('paddock:').waitFor()
  await editor.page.locator('.terminal-wrapper.active').click()
  await type('echo made-$((6 * 7)); echo inside > inside.txt; touch ~/installed')
  await terminal().getByText('made-42').waitFor()
  await line(/^inside\.txt/).waitFor()
  expect(existsSync(join(demo.path, 'inside.txt'))).toBe(false)
  await line(/^Bubblewrap, ready/).waitFor()
  await line(/^Open, 1 session/).waitFor()
})

test('a host out of reach is told with its reason, and a rule for it reads as a sentence', async () => {
  await editor.page.locator('.terminal-wrapper.active').click()
  await type('curl -sS http://nowhere.example/')
  const told = editor.workbench.notification('nowhere.example was out of reach: no rule of this workspace allows it.')
  await told.getByRole('button', { name: 'Allow in This Workspace' }).click()
  const rule = editor.page.locator('.quick-input-list .monaco-list-row')
  await rule.getByText('Programs may reach nowhere.example on port 80.').click()
  await line(/^Network, 1 host allowed, asks otherwise/).waitFor()
})

test('a server inside shows among the ports, with its program', async () => {
  await editor.page.locator('.terminal-wrapper.active').click()
  await type('(python3 -m http.server 8123 >/dev/null 2>&1 &); sleep 1')
  await line(/^Open ports, 1 port/).waitFor()
  await editor.workbench.run('Paddock: Open Port in Browser')
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: /8123.*python3/s }).waitFor()
  await editor.page.keyboard.press('Escape')
})

test('the effective policy can be read as a document', async () => {
  await editor.workbench.run('Paddock: Show Effective Policy')
  await editor.page.locator('.view-lines').getByText('What holds in this workspace').waitFor()
  await editor.page.getByRole('tab', { name: /Policy of shop/ }).waitFor()
})

test('suspended and resumed, the view follows', async () => {
  await editor.workbench.run('Paddock: Suspend Sandbox')
  await line(/^Bubblewrap, suspended/).waitFor()
  await editor.workbench.run('Paddock: Resume Sandbox')
  await line(/^Bubblewrap, ready/).waitFor()
})

test('a snapshot is taken, and a reset says what it takes away and what stays', async () => {
  await editor.workbench.run('Paddock: Snapshot Sandbox')
  await editor.workbench.answer('Paddock: Snapshot Sandbox', 'before')
  await line(/^Snapshots, 1 snapshot/).waitFor()
  await editor.workbench.picture('contrast-sandbox')
  await editor.workbench.run('Paddock: Reset Sandbox')
  await dialog('1 snapshot stays.').getByRole('button', { name: 'Reset' }).click()
  await terminal().getByText('The shell is gone').waitFor()
  await line(/^Bubblewrap, not made yet/).waitFor()
})

test('a session without a sandbox is refused until it is allowed, asked about each time, and marked', async () => {
  await editor.workbench.run('Paddock: New Session Without Sandbox')
  await editor.workbench
    .notification('sessions without a sandbox are not allowed')
    .getByRole('button', { name: 'Choose Sandbox Kind' })
    .click()
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Allow sessions without' }).click()
  await dialog('Allow sessions without a sandbox').getByRole('button', { name: 'Allow' }).click()
  await editor.workbench.run('Paddock: New Session Without Sandbox')
  await dialog('without a sandbox?').getByRole('button', { name: 'Start Without Sandbox' }).click()
  await editor.workbench.webview().getByText('This session has no sandbox').waitFor()
  await editor.workbench.webview().getByText('No sandbox', { exact: true }).first().waitFor()
})

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FrameLocator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { DemoFolder } from './support/demoFolder.ts'
import { type Editor, startEditor } from './support/editor.ts'

// A person is asked, answers, looks at what was decided and changes what will be, each test a step of it.
let demo: DemoFolder
let editor: Editor
let chat: FrameLocator

// Text of a terminal that is painted cannot be read from the page.
const settings = { 'workbench.colorTheme': 'Default Dark Modern', 'terminal.integrated.gpuAcceleration': 'off' }

beforeAll(async () => {
  demo = new DemoFolder()
  editor = await startEditor({ folder: demo.path, settings })
  chat = editor.workbench.webview()
})

afterAll(async () => {
  await editor?.close()
  demo.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

const asked = /npm install --package-lock-only/
const line = (name: RegExp) => editor.page.getByRole('treeitem', { name })
const row = (text: string | RegExp) => editor.page.locator('.quick-input-list .monaco-list-row', { hasText: text })
const waiting = () => editor.page.getByRole('button', { name: /1 approval waiting for your answer/ })
const editorText = () => editor.page.locator('.editor-group-container .view-lines').last()
/** What the user allowed and denied for this folder. */
function workspacePolicy(): string {
  const all = join(editor.home, 'policies')
  const [folder] = existsSync(all) ? readdirSync(all) : []
  const file = join(all, folder ?? '', 'policy.yaml')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

test('the mode is shown, set, and told in the conversation', async () => {
  await editor.workbench.run('Paddock: Focus Chat')
  await chat.getByRole('button', { name: 'Mode: as your policy says. Set Session Mode…' }).click()
  await row('Nothing is written or run').waitFor()
  await row(/^Auto/).click()
  await chat.getByRole('button', { name: 'Mode: Auto. Set Session Mode…' }).waitFor()
})

test('a question shows what the guard found, in the chat, the tree and the status bar', async () => {
  await chat.getByRole('textbox', { name: 'Prompt' }).fill('Fix the failing test')
  await chat.getByRole('button', { name: 'Send' }).click()
  const card = chat.getByRole('region', { name: /^Approval/ })
  await card.getByText('The agent claims').waitFor()
  await card.getByText('characters, all shown.').waitFor()
  await card.locator('.facts-list').getByText('npm install').first().waitFor()
  await line(asked).waitFor()
  await waiting().waitFor()
  await editor.workbench.picture('gatekeeper-1-question')
})

test('B4: the whole action can be read, and closing what shows it answers nothing', async () => {
  await editor.workbench.run('Paddock: Show Approval')
  await editorText().getByText('exactly this').waitFor()
  await editorText().getByText('Runs:').waitFor()
  await editor.workbench.run('View: Close Editor')
  await editor.page.keyboard.press('Enter')
  await waiting().waitFor()
})

test('B4, B8: the list of scopes shows the rule of each, chooses nothing beforehand, and the rule can be changed', async () => {
  await line(asked).hover()
  await line(asked).getByRole('button', { name: 'More…' }).click()
  await row('{"verdict":"allow","program":["npm","install"').waitFor()
  await row('Allow in this workspace').waitFor()
  await editor.page.keyboard.press('Enter')
  await waiting().waitFor()
  await editor.workbench.picture('gatekeeper-2-scopes')
  await row('Change the rule first…').click()
  const input = editor.page.locator('.quick-input-widget input[type=text]')
  await editor.page.locator('.quick-input-title', { hasText: 'Rule to Grant' }).waitFor()
  await input.fill('{"verdict":"deny","program":["npm"]}')
  await editor.page.getByText('A grant only allows').first().waitFor()
  await input.fill('{"name":"npm-install","verdict":"allow","program":["npm","install"],"network":true}')
  await input.press('Enter')
  await row('"npm-install"').first().waitFor()
  await row('Allow in this workspace').click()
  await chat.getByText('Allowed in this workspace').waitFor()
  await chat.getByText(/^Done · /).waitFor()
  expect(workspacePolicy()).toContain('npm-install')
})

test('what was decided shows why, also where nobody was asked, and a grant can be taken back', async () => {
  await editor.page.locator('.pane-header', { hasText: 'Recently Decided' }).click()
  await line(/node --test.*allowed by Paddock’s own/)
    .first()
    .waitFor()
  const granted = line(/npm install.*allowed by/).first()
  await granted.waitFor()
  await editor.workbench.picture('gatekeeper-3-decided')
  await granted.hover()
  await granted.getByRole('button', { name: 'Undo This Grant…' }).click()
  await editor.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Remove the Rule' }).click()
  await eventually(workspacePolicy).not.toContain('npm-install')
})

test('what was allowed can be denied from now on, to the letter', async () => {
  const ran = line(/node --test.*allowed by/).first()
  await ran.hover()
  await ran.getByRole('button', { name: 'Always Deny…' }).click()
  await editor.page.locator('.quick-input-title', { hasText: 'Always Deny' }).waitFor()
  await editor.page.locator('.quick-input-widget input[type=text]').press('Enter')
  await eventually(workspacePolicy).toMatch(/verdict: deny[\s\S]*node --test|node --test[\s\S]*verdict: deny/)
})

test('an action is explained while it is typed', async () => {
  await editor.workbench.run('Paddock: What Would Happen To')
  const input = editor.page.locator('.quick-input-widget input[type=text]')
  await editor.page.locator('.quick-input-title', { hasText: 'What Would Happen To' }).waitFor()
  await input.fill('node --test')
  await row('Denied').getByText('the workspace policy’s').waitFor()
  await input.fill('git push')
  await row('Runs').getByText('git push').waitFor()
  await row('It sends commits to another repository.').first().waitFor()
  await editor.workbench.picture('gatekeeper-4-explained')
  await editor.page.keyboard.press('Escape')
})

test('the user’s policy opens as a template, completes, and its troubles are found', async () => {
  await editor.workbench.run('Paddock: Edit Policy')
  await row('Your own, for every folder.').click()
  await editorText().getByText('version:').waitFor()
  const file = join(editor.home, 'policy.yaml')
  expect(readFileSync(file, 'utf8')).toContain('version: 1')
  await editor.page.keyboard.press('Control+End')
  await editor.page.keyboard.type('  - ver')
  await editor.page.keyboard.press('Control+Space')
  await editor.page.locator('.suggest-widget .monaco-list-row', { hasText: 'verdict' }).waitFor()
  await editor.workbench.picture('gatekeeper-5-completion')
  await editor.page.keyboard.press('Escape')
  await editor.page.keyboard.type('dict: perhaps')
  await editor.page.keyboard.press('Control+s')
  await editor.page.locator('.squiggly-error').first().waitFor()
  await editor.workbench.notification('a policy cannot be read in full').waitFor()
  writeFileSync(file, 'version: 1\nrules: []\n')
})

test('a policy that comes with the folder is told once, shown, and trusted for just this content', async () => {
  mkdirSync(join(demo.path, '.paddock'), { recursive: true })
  writeFileSync(
    join(demo.path, '.paddock', 'policy.yaml'),
    'version: 1\nrules:\n  - verdict: allow\n    program: [make]\n  - verdict: deny\n    program: [rm]\n',
  )
  await editor.workbench.run('Paddock: Trust This Folder')
  await editorText().getByText('Only in force once you trust it').waitFor()
  await editorText().getByText('Allows make, whatever follows these words.').waitFor()
  await editor.workbench.picture('gatekeeper-6-trust')
  const question = editor.workbench.notification('trust the policy of')
  await question.getByRole('button', { name: 'Trust This Content' }).click()
  await editor.workbench.run('Paddock: Trust This Folder')
  await editor.workbench.notification('you trust the policy of').waitFor()
})

test('a file that makes something run later is kept only after a question of its own', async () => {
  await editor.workbench.run('Paddock: Open Sandbox Terminal')
  await editor.page.locator('.terminal-wrapper.active .xterm-rows').getByText('paddock:').waitFor()
  await editor.page.locator('.terminal-wrapper.active').click()
  await editor.page.keyboard.type('mkdir -p .vscode; echo {} > .vscode/tasks.json\n')
  await line(/tasks\.json/).waitFor()
  const dialog = editor.page.locator('.monaco-dialog-box', { hasText: 'Keep .vscode/tasks.json?' })
  await editor.workbench.run('Paddock: Keep All')
  await dialog.getByText('Once it is kept, VS Code runs').waitFor()
  await editor.workbench.picture('gatekeeper-7-consent')
  await editor.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(existsSync(join(demo.path, '.vscode'))).toBe(false)
  await editor.workbench.run('Paddock: Keep All')
  // The focus is on what shows it: whoever typed on has agreed to nothing.
  await dialog.waitFor()
  await editor.page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await editor.page.getByRole('tab', { name: /tasks\.json/ }).waitFor()
  const besides = editor.workbench.notification('Keep .vscode/tasks.json?')
  await besides.getByRole('button', { name: 'Leave It' }).click()
  expect(existsSync(join(demo.path, '.vscode'))).toBe(false)
  await editor.workbench.run('Paddock: Keep All')
  await dialog.getByRole('button', { name: 'Keep It' }).click()
  await eventually(() => existsSync(join(demo.path, '.vscode/tasks.json'))).toBe(true)
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DemoFolder } from './support/demoFolder.ts'
import { type Editor, startEditor } from './support/editor.ts'

let demo: DemoFolder
let editor: Editor

beforeAll(async () => {
  demo = new DemoFolder()
  editor = await startEditor({
    folder: demo.path,
    untrusted: true,
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
  })
})

afterAll(async () => {
  await editor?.close()
  demo?.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

test('D1: in a folder that is not trusted nothing starts, and the chat says why', async () => {
  await editor.workbench.run('Paddock: Focus Chat')
  await editor.workbench.webview().getByText('This workspace is not trusted.').waitFor()
  await editor.workbench.picture('light-6-untrusted')
  expect(existsSync(join(editor.home, 'endpoint.json'))).toBe(false)
})

test('once it is trusted, the daemon comes', async () => {
  await editor.workbench.webview().getByRole('button', { name: 'Manage Workspace Trust' }).click()
  await editor.page.getByRole('button', { name: 'Trust', exact: true }).click()
  await editor.workbench.run('Paddock: Focus Chat')
  await editor.workbench.webview().getByText('Demo model').waitFor()
  expect(existsSync(join(editor.home, 'endpoint.json'))).toBe(true)
})

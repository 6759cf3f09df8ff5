import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Editor, startEditor } from './support/editor.ts'
import { SkillFolders } from './support/skillFolders.ts'

// Skills are written in a real VS Code, which has a support of its own for them; each test is a step of it.
const forms = '.claude/skills/pdf-forms/SKILL.md'
const folders = new SkillFolders(
  {
    [forms]: `---
name: pdf-forms
description: Fills in PDF forms. Use when a form in PDF has to be filled in.
alowed-tools: Read
---

# Fill in forms

Read the fields, then see /pdf-tables and [the script](../pdf-tables/scripts/run.sh).
`,
    '.claude/skills/pdf-tables/SKILL.md': `---
name: pdf-tables
description: Reads tables of PDF files. Use when a table has to be read from a PDF.
---

# Read tables

Run [it](scripts/run.sh) on the file.
`,
    '.claude/skills/pdf-tables/scripts/run.sh': '#!/bin/sh\necho table\n',
    '.agents/skills/wrong/SKILL.md': '---\nname: Not_Wrong\nalowed-tools: Read\n---\n\nSee [more](missing.md).\n',
    'AGENTS.md': '# Project\n\nUse $pdf-forms and $[team].pdf-forms for forms.\n',
  },
  {
    '.claude/skills/at-home/SKILL.md':
      '---\nname: at-home\ndescription: Tidies up. Use when at home.\n---\n\nTidy up the house.\n',
  },
)
let editor: Editor

beforeAll(async () => {
  const settings = { 'workbench.colorTheme': 'Default Dark Modern' }
  editor = await startEditor({ folder: folders.path, userHome: folders.home, settings })
})

afterAll(async () => {
  await editor?.close()
  folders.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

const press = (key: string) => editor.page.keyboard.press(key)
const type = (text: string) => editor.page.keyboard.type(text)
const codeLine = (text: string | RegExp) =>
  editor.page.locator('.editor-instance .view-line', { hasText: text }).first()
const cursor = () => editor.page.locator('.editor-instance .cursors-layer .cursor').first()
const hover = (text: string) => editor.page.locator('.monaco-hover:not(.hidden)', { hasText: text })
const quickFix = (title: string) => editor.page.locator('.action-widget .monaco-list-row', { hasText: title })
const lens = (text: string) => editor.page.locator('.codelens-decoration a', { hasText: text })
const explorer = (name: string) => editor.page.locator('.explorer-viewlet .monaco-list-row', { hasText: name }).first()

/** Puts the cursor behind the last character of the first line with this text; a lens that comes moves the lines from under the mouse. */
async function endOf(text: string): Promise<void> {
  const heightOf = async (place: Locator) => Math.round((await place.boundingBox())?.y ?? Number.NaN)
  await eventually(async () => {
    await codeLine(text).click()
    await press('End')
    return (await heightOf(cursor())) - (await heightOf(codeLine(text)))
  }).toBe(0)
}

/** Writes lines below that of the cursor. Enter by itself would take an offer that comes up meanwhile. */
async function below(...lines: string[]): Promise<void> {
  for (const line of lines) {
    await press('Control+Enter')
    await type(line)
  }
}

/**
 * Does what leads to something seen, up to six times: VS Code breaks off what it was asked for when its editor is still changing (a lens that
 * comes moves the lines from under the mouse), and a hand would do it again.
 */
async function until(seen: Locator, act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await act()
    try {
      return await seen.waitFor({ timeout: 6_000 })
    } catch (error) {
      if (attempt === 6) throw error
      await editor.page.mouse.move(5, 5)
    }
  }
}

/** Opens the list of fixes for the line with this text, and takes the one of this title. */
async function fix(text: string, title: string): Promise<void> {
  await endOf(text)
  // VS Code closes the list again when the editor's cursor or findings are still on their way.
  for (let attempt = 1; ; attempt++) {
    await press('Control+.')
    try {
      return await quickFix(title).click({ timeout: 5_000 })
    } catch (error) {
      if (attempt === 6) throw error
      await press('Escape')
    }
  }
}

test('keys are offered once each, with what clients make of them', async () => {
  const { workbench, page } = editor
  await workbench.open(forms)
  await lens('Run skill').waitFor()
  await lens('Loads in 5 of 10 clients').waitFor()
  await endOf('alowed-tools')
  await below('')
  // This key is left to VS Code, whose own support begins when it comes to it.
  await eventually(async () => {
    await press('Escape')
    await press('Control+Space')
    await workbench.suggestion('when_to_use').waitFor({ timeout: 6_000 })
    return workbench.suggestion('argument-hint').count()
  }).toBe(1)
  await type('mod')
  // The first time it shows the offers, where they are not shown already, and the next time what is said of one.
  await until(page.locator('.suggest-details', { hasText: 'Claude Code' }), () => press('Control+Space'))
  await workbench.picture('skill-1-keys')
  await press('Enter')
  await codeLine('model: inherit').waitFor()
})

test('values of a key are offered', async () => {
  await type('o')
  await press('Control+Space')
  await editor.workbench.suggestion('opus').waitFor()
  await press('Escape')
  await press('Escape')
  await press('Control+Shift+k')
})

test('a mention is completed, also with a skill of the home directory, and explained', async () => {
  const { workbench } = editor
  await press('Control+End')
  await type('Then /')
  await workbench.suggestion('/pdf-tables').waitFor()
  await type('at-')
  await workbench.suggestion('/at-home').waitFor()
  await workbench.picture('skill-2-mention')
  await press('Enter')
  await codeLine('Then /at-home').waitFor()
  await press('Control+s')
  await until(hover('at-home — skill'), () => codeLine('Then /at-home').getByText('at-home').last().hover())
  expect(await hover('at-home — skill').getByText('Tidies up').count()).toBe(1)
  await workbench.picture('skill-3-hover')
  await press('Escape')
})

test('a finding is shown, mended, and gone', async () => {
  const { workbench } = editor
  await workbench.run('Problems: Focus on Problems View')
  const finding = workbench.problem('did you mean `allowed-tools`?')
  await finding.waitFor()
  expect(await finding.getAttribute('aria-label')).toMatch(/^Warning: .* generated by paddock/)
  await fix('alowed-tools', 'Change the key to allowed-tools')
  await finding.waitFor({ state: 'detached' })
  const key = codeLine('allowed-tools: Read').getByText('allowed-tools').last()
  await until(hover('allowed-tools — optional'), () => key.hover())
  await press('Escape')
})

test('a finding is silenced with a reason, which is asked for', async () => {
  const { workbench } = editor
  await workbench.problem('This leads out of the skill’s folder.').waitFor()
  await fix('[the script]', 'Silence R07 here, and say why')
  await codeLine('skill-ls-disable R07').waitFor()
  await type('both are installed together')
  await workbench.problem('This leads out of the skill’s folder.').waitFor({ state: 'detached' })
  await press('Escape')
  await press('Control+s')
  await eventually(() => folders.read(forms)).toContain('<!-- skill-ls-disable R07: both are installed together -->')
})

test('settings hold at once, without a reload', async () => {
  const { workbench } = editor
  await endOf('allowed-tools')
  await below('hooks: 7')
  const finding = workbench.problem('Hooks are a map of events')
  const label = () => finding.getAttribute('aria-label')
  await eventually(label).toMatch(/^Error/)
  folders.write('.vscode/settings.json', JSON.stringify({ 'paddock.skills.severity': { K15: 'information' } }))
  await eventually(label).toMatch(/^Info/)
  folders.write('.vscode/settings.json', JSON.stringify({ 'paddock.skills.profiles': ['publish-claude.ai'] }))
  await workbench.problem('The upload is refused because of the key `hooks`').first().waitFor()
  folders.write('.vscode/settings.json', JSON.stringify({ 'paddock.skills.severity': { K15: 'off' } }))
  await finding.waitFor({ state: 'detached' })
  await workbench.problem('The upload is refused because of the key `hooks`').first().waitFor({ state: 'detached' })
  await endOf('hooks')
  await press('Control+Shift+k')
  await press('Control+s')
})

test('all that is safe to fix is fixed at once', async () => {
  const { workbench } = editor
  await endOf('allowed-tools')
  await below('user-invokable: true', 'argument_hint: file')
  await workbench.problem('user-invocable').waitFor()
  await until(codeLine('user-invocable: true'), () => workbench.run('Fix All'))
  await codeLine('argument-hint: file').waitFor()
  await press('Control+s')
  await eventually(() => folders.read(forms)).toMatch(/\nuser-invocable: true\nargument-hint: file\n---\n/)
})

test('what VS Code says of a skill is not said twice', async () => {
  const { workbench } = editor
  await workbench.open('.agents/skills/wrong/SKILL.md')
  await lens('Run skill').waitFor()
  const told = () =>
    editor.page
      .locator('.markers-panel [role=treeitem][aria-level="2"]')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('aria-label') ?? ''))
  const said = (pattern: RegExp) => eventually(async () => (await told()).filter((each) => pattern.test(each)).length)
  // Both have spoken: only Paddock says the first, only VS Code the rest.
  await said(/did you mean `allowed-tools`.*generated by paddock/).toBe(1)
  await said(/File 'missing.md' not found/).toBe(1)
  await said(/./).toBe(5)
  await workbench.picture('skill-4-coexistence')
  await until(hover('The name of the skill.'), () => codeLine('name:').getByText('name').last().hover())
  expect(await hover('required').count()).toBe(0)
  await press('Escape')
})

test('a skill is renamed with its folder and all that mentions it, after a look at what will change', async () => {
  const { workbench, page } = editor
  await workbench.open(forms)
  await endOf('name: pdf-forms')
  const name = page.locator('.rename-box input')
  await until(name, () => press('F2'))
  await name.fill('pdf-fields')
  await press('Control+Enter')
  await page.getByLabel('Renaming .claude/skills/pdf-forms to .claude/skills/pdf-fields').waitFor()
  await workbench.picture('skill-5-rename')
  await page.getByRole('button', { name: 'Apply' }).click()
  await eventually(() => folders.read('.claude/skills/pdf-fields/SKILL.md')).toMatch(/^name: pdf-fields$/m)
  expect(folders.read(forms)).toBeUndefined()
  await eventually(() => folders.read('AGENTS.md')).toContain('Use $pdf-fields and $[team].pdf-fields for')
  expect(await page.locator('.monaco-dialog-box').count()).toBe(0)
})

test('a skill whose folder is renamed in the explorer takes its name and mentions along', async () => {
  const { workbench, page } = editor
  const input = page.locator('.explorer-viewlet .monaco-inputbox input')
  await until(input, async () => {
    await explorer('pdf-tables').click()
    await press('F2')
  })
  await input.fill('pdf-grids')
  await input.press('Enter')
  const dialog = page.locator('.monaco-dialog-box', { hasText: 'Paddock' })
  await workbench.picture('skill-6-explorer')
  await dialog.getByRole('button', { name: 'OK' }).click()
  await eventually(() => folders.read('.claude/skills/pdf-grids/SKILL.md')).toMatch(/^name: pdf-grids$/m)
  await eventually(() => folders.read('.claude/skills/pdf-fields/SKILL.md')).toMatch(
    /see \/pdf-grids and \[the script\]\(..\/pdf-grids\/scripts\/run.sh\)/,
  )
  expect(folders.read('.claude/skills/pdf-tables/SKILL.md')).toBeUndefined()
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FrameLocator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Editor, startEditor } from './support/editor.ts'
import { SkillFolders } from './support/skillFolders.ts'

// A person looks at which client finds which skill, and makes, runs and renames some, each test a step of it.
const skill = (name: string, description = `Does ${name}. Use when it has to be done.`) =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\nDo it.\n`
const many = Array.from({ length: 30 }, (_, i) => `z-${i + 10}`)
const folders = new SkillFolders(
  {
    '.claude/skills/at-home/SKILL.md': skill('at-home'),
    '.claude/skills/pdf-forms/SKILL.md': skill('pdf-forms'),
    '.claude/skills/pdf-forms/scripts/fill.sh': '#!/bin/sh\n',
    'AGENTS.md': 'Use $pdf-forms.\n',
  },
  {
    '.claude/skills/at-home/SKILL.md': skill('at-home'),
    '.claude/skills/at-home/scripts/tidy.sh': '#!/bin/sh\necho tidy\n',
    ...Object.fromEntries(
      many.map((name) => [`.claude/skills/${name}/SKILL.md`, skill(name, 'Many words. '.repeat(40))]),
    ),
  },
)
let editor: Editor
let chat: FrameLocator

beforeAll(async () => {
  const settings = { 'workbench.colorTheme': 'Default Light Modern' }
  editor = await startEditor({ folder: folders.path, userHome: folders.home, settings })
  chat = editor.workbench.webview()
})

afterAll(async () => {
  await editor?.close()
  folders.remove()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.workbench.picture(`failed-${task.name.replaceAll(/\W+/g, '-')}`)
})

const press = (key: string) => editor.page.keyboard.press(key)
const line = (name: RegExp) => editor.page.getByRole('treeitem', { name }).first()
const option = (text: string) => editor.page.locator('.quick-input-list .monaco-list-row', { hasText: text })
const editorText = () => editor.page.locator('.editor-group-container .view-lines').last()
const breadcrumb = (text: string) => editor.page.locator('.breadcrumbs-control', { hasText: text })

/** Takes a command from the context menu of a line. */
async function choose(name: RegExp, title: string): Promise<void> {
  await line(name).click({ button: 'right' })
  await editor.page.locator('.context-view .action-item', { hasText: title }).hover()
  // A click just after a menu has opened does nothing in VS Code; Enter does.
  await editor.page.locator('.context-view .action-item.focused', { hasText: title }).waitFor()
  await press('Enter')
}

test('each client’s skills are told to a screen reader: which file wins, which is not loaded, what has no room', async () => {
  const { workbench } = editor
  await workbench.run('Paddock: Focus on Skills View')
  await line(/^Claude Code, 32 skills, listing full, 1 not loaded$/).waitFor()
  await line(/^Gemini CLI|^Codex|^VS Code/).waitFor()
  await line(/^Claude Code/).click()
  await line(/^at-home, personal$/).waitFor()
  await line(/^at-home, not loaded$/).waitFor()
  expect(await line(/^Claude Code/).getAttribute('aria-expanded')).toBe('true')
  await workbench.picture('skills-1-view')
})

test('by keyboard alone the last skill is reached, says what the budget cuts, and is opened', async () => {
  await press('End')
  await press('Home')
  await press('ArrowDown')
  await press('Enter')
  await breadcrumb('at-home').waitFor()
  await editor.workbench.run('Paddock: Focus on Skills View')
  await press('PageDown')
  await line(/^z-\d+, personal$/).waitFor()
  const cut = line(/^z-\d+, personal, description cut$/)
  const goOn = async () => {
    await press('ArrowDown')
    return await cut.count()
  }
  await eventually(goOn).toBe(1)
  await editor.workbench.picture('skills-2-cut')
})

test('a skill is made where most clients read it, and opens with its place to type', async () => {
  const { workbench } = editor
  await workbench.run('Paddock: New Skill…')
  await editor.page.locator('.quick-input-title', { hasText: 'New Skill' }).waitFor()
  await editor.page.keyboard.type('Fill it')
  await editor.page.getByText('Lowercase letters a-z, digits').first().waitFor()
  await workbench.answer('New Skill', 'fill-tables')
  await option('.claude/skills').getByText('Claude Code').first().waitFor()
  await workbench.picture('skills-3-new')
  await option('.claude/skills').first().click()
  await breadcrumb('fill-tables').waitFor()
  await editor.page.keyboard.type('Fills in tables. Use when a table is empty.')
  await press('Control+s')
  await eventually(() => folders.read('.claude/skills/fill-tables/SKILL.md')).toMatch(
    /^---\nname: fill-tables\ndescription: Fills in tables. Use when a table is empty.\n---\n/,
  )
  await workbench.run('Paddock: Focus on Skills View')
  await press('Home')
  await line(/^fill-tables/).waitFor()
})

test('a personal skill runs with its whole folder in the sandbox', async () => {
  const { workbench } = editor
  await line(/^at-home, personal$/).hover()
  await line(/^at-home, personal$/)
    .getByRole('button', { name: 'Run Skill…' })
    .click()
  await workbench.answer('Run Skill at-home', 'List the folder')
  await chat.getByText('Use the skill at-home: List the folder').first().waitFor()
  await chat.getByText(/^Done · /).waitFor()
  await workbench.picture('skills-4-run')
  const workspaces = join(editor.home, 'workspaces')
  const [workspace] = readdirSync(workspaces)
  const inside = join(workspaces, workspace ?? '', 'home/.claude/skills/at-home')
  expect(readFileSync(join(inside, 'scripts/tidy.sh'), 'utf8')).toBe('#!/bin/sh\necho tidy\n')
  expect(readFileSync(join(inside, 'SKILL.md'), 'utf8')).toContain('name: at-home')
})

test('a mention in the chat is completed, also with a personal skill, and brings the skill along', async () => {
  const prompt = chat.getByRole('textbox', { name: 'Prompt' })
  await prompt.click()
  await prompt.pressSequentially('Please /z-1')
  await chat.getByRole('option', { name: '/z-10' }).waitFor()
  await editor.workbench.picture('skills-5-mention')
  await press('Tab')
  await eventually(() => prompt.inputValue()).toBe('Please /z-10')
  await prompt.press('Enter')
  await chat.getByText('The skill z-10: Do what').waitFor()
})

test('the lens above a skill runs it', async () => {
  const { workbench, page } = editor
  await workbench.open('pdf-forms/SKILL.md')
  await page.locator('.codelens-decoration a', { hasText: 'Run skill' }).click()
  await workbench.answer('Run Skill pdf-forms', '')
  await chat.getByText('Use the skill pdf-forms.').first().waitFor()
})

test('why a skill is not loaded is explained step by step', async () => {
  const { workbench } = editor
  await choose(/^at-home, not loaded$/, 'Why Is This Skill Not Loaded or Used?')
  await editorText().getByText('Claude Code takes another skill of this name').first().waitFor()
  await workbench.picture('skills-6-why')
})

test('a skill is renamed from the view, and what mentions it follows', async () => {
  const { workbench, page } = editor
  await workbench.run('Paddock: Focus on Skills View')
  await choose(/^pdf-forms/, 'Rename Skill…')
  await workbench.answer('Rename Skill pdf-forms', 'pdf-fields')
  await page.locator('.monaco-dialog-box', { hasText: 'Paddock' }).getByRole('button', { name: 'OK' }).click()
  await eventually(() => folders.read('.claude/skills/pdf-fields/SKILL.md')).toMatch(/^name: pdf-fields$/m)
  await eventually(() => folders.read('AGENTS.md')).toBe('Use $pdf-fields.\n')
  await line(/^pdf-fields/).waitFor()
})

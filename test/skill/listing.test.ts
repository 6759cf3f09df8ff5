import { afterEach, expect, test } from 'vitest'
import { home } from './check.ts'
import { type Editor, openEditor } from './editor.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

const text = (name: string) =>
  `---\nname: ${name}\ndescription: Fills in forms. Use when there is a form.\n---\n\n# Work\n`
let editor: Editor
afterEach(() => editor.dispose())

interface Listed {
  readonly client: string
  readonly skills: readonly { readonly name: string; readonly state: string }[]
}

test('the view gets each client’s skills, and a word when they may have changed', async () => {
  const workspace = new MemoryWorkspace({ '/repo/.claude/skills/pdf/SKILL.md': text('pdf') })
  editor = await openEditor(undefined, undefined, { workspace, folders: ['/repo'] })
  const list = async () => {
    const clients = await editor.request<Listed[]>('paddock/listSkills', { folder: 'file:///repo' })
    return clients.find(({ client }) => client === 'claude-code')?.skills.map(({ name }) => name)
  }
  await editor.told('paddock/skillsChanged')
  expect(await list()).toEqual(['pdf'])
  workspace.write('/repo/.claude/skills/xls/SKILL.md', text('xls'))
  const changes = [{ uri: 'file:///repo/.claude/skills/xls/SKILL.md', type: 1 }]
  await editor.notify('workspace/didChangeWatchedFiles', { changes })
  await editor.told('paddock/skillsChanged')
  expect(await list()).toEqual(['pdf', 'xls'])
})

test('a view that asks before all folders were looked through is told of the skills, not that there are none', async () => {
  const workspace = new MemoryWorkspace({
    '/repo/.claude/skills/pdf/SKILL.md': text('pdf'),
    [`${home}/.claude/skills/at-home/SKILL.md`]: text('at-home'),
  })
  editor = await openEditor(undefined, undefined, { workspace, folders: ['/repo'] })
  const clients = await editor.request<Listed[]>('paddock/listSkills', { folder: 'file:///repo' })
  const names = clients.find(({ client }) => client === 'claude-code')?.skills.map(({ name }) => name)
  expect(names).toEqual(['at-home', 'pdf'])
})

test('the draft of a new skill is offered with the folders that clients read, and no other name is', async () => {
  editor = await openEditor()
  const draft = await editor.request<{ text: string; places: { folder: string; readers: string[] }[] }>(
    'paddock/draftSkill',
    { name: 'pdf-forms' },
  )
  expect(draft.text).toMatch(/^---\nname: pdf-forms\ndescription: .+\n---\n\n# Pdf forms\n/)
  expect(draft.places[0]).toMatchObject({
    folder: '.agents/skills',
    readers: expect.arrayContaining(['VS Code', 'Codex']),
  })
  expect(draft.places).toContainEqual({ folder: '.roo/skills', readers: ['Roo Code'] })
  expect(await editor.request('paddock/draftSkill', { name: '../x' })).toBeNull()
})

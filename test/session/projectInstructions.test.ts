import { expect, test } from 'vitest'
import { systemPrompt } from '../../daemon/agent/prompt/systemPrompt.ts'
import { projectInstructions } from '../../daemon/session/projectInstructions.ts'
import { memorySandbox } from '../support/memorySandbox.ts'

const read = (files: Record<string, string>) =>
  projectInstructions(
    memorySandbox({
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/project/${name}`, text])),
    }),
  )

test('AGENTS.md goes before CLAUDE.md; an empty one counts as none', async () => {
  expect(await read({})).toBeUndefined()
  expect(await read({ 'CLAUDE.md': 'c' })).toBe('c')
  expect(await read({ 'AGENTS.md': 'a', 'CLAUDE.md': 'c' })).toBe('a')
  expect(await read({ 'AGENTS.md': '', 'CLAUDE.md': 'c' })).toBe('c')
})

test('an AGENTS.md beyond 32 KiB is not cut without a word, and no character is halved', async () => {
  const limit = 32 * 1024
  expect(await read({ 'AGENTS.md': 'x'.repeat(limit) })).toBe('x'.repeat(limit))
  const text = `${'x'.repeat(limit - 1)}é${'y'.repeat(1000)}`
  const instructions = await read({ 'AGENTS.md': text })
  expect(instructions).toBe(`${'x'.repeat(limit - 1)}\n[… 1,001 bytes left out; read AGENTS.md for the rest …]`)
  // The prompt does not cut it again.
  expect(systemPrompt({ root: '/project', instructions, skills: [] })).toContain(instructions)
})

import { expect, test } from 'vitest'
import { skillExplanation } from '../../extension/skillExplanationText.ts'

test('each client’s verdict is a heading, and its steps are counted below it', () => {
  const text = skillExplanation('deploy', [
    { title: 'Claude Code', verdict: 'shown', steps: ['It lies where the client looks.', 'It is taken first.'] },
    { title: 'Codex', verdict: 'elsewhere', steps: [] },
  ])
  expect(text).toContain(
    '## Claude Code loads it\n\n    1. It lies where the client looks.\n    2. It is taken first.\n',
  )
  expect(text).toContain('## Codex would load it from another folder\n')
})

test('clients that go the same way are told together, and first those that do not load the skill', () => {
  const elsewhere = { verdict: 'elsewhere', steps: ['The client does not look in this folder.'] } as const
  const text = skillExplanation('deploy', [
    { title: 'Claude Code', verdict: 'shown', steps: ['It lies where the client looks.'] },
    { title: 'Codex', ...elsewhere },
    { title: 'pi', ...elsewhere },
    { title: 'VS Code', verdict: 'refused', steps: ['There is no `description`.'] },
    { title: 'Roo Code', ...elsewhere },
  ])
  expect(text.split('\n').filter((line) => line.startsWith('## '))).toEqual([
    '## VS Code does not load it',
    '## Codex, pi and Roo Code would load it from another folder',
    '## Claude Code loads it',
  ])
})

test('what a skill says of itself is text, whatever it looks like', () => {
  const text = skillExplanation('a\n# b', [{ title: 'pi', verdict: 'hidden', steps: ['of [x](command:y)\n# c\u202e'] }])
  const ours = text.split('\n').filter((line) => line !== '' && !line.startsWith('    '))
  expect(ours).toEqual(['# What clients make of this skill', '## pi takes another skill of this name'])
})

import { expect, test } from 'vitest'
import { trustDocument } from '../../extension/trustText.ts'

test('what trusting would change stands first, and hostile text stays text', () => {
  const text = trustDocument({
    source: 'repository',
    path: '/w/.paddock/policy.yaml',
    exists: true,
    sha256: 'a'.repeat(64),
    trusted: false,
    tightensOnly: true,
    holds: false,
    mode: 'unattended',
    rules: [
      { verdict: 'deny', program: ['git', 'push'] },
      { verdict: 'allow', program: ['curl'], reason: '[safe](command:paddock.keepAll)\n# Trusted\u202e' },
    ],
    troubles: [],
  })
  const [before = '', after = ''] = text.split('## In force anyway')
  expect(before).toContain('Sessions begin in the mode Unattended.')
  expect(before).toContain('Allows curl, whatever follows these words.')
  expect(before).not.toContain('git push')
  expect(after).toContain('Denies git push, whatever follows these words.')
  const own = text.split('\n').filter((line) => line !== '' && !line.startsWith('    '))
  expect(own).toEqual([
    '# A policy that comes with the folder',
    '## Only in force once you trust it',
    '## In force anyway: it only tightens',
  ])
  expect(text).toContain('\\u202e')
})

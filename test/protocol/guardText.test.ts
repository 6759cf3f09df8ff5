import { expect, test } from 'vitest'
import type { GuardReport } from '#protocol/guard.ts'
import { guardFacts, isConsequential } from '#protocol/guardText.ts'

const report: GuardReport = {
  understood: true,
  effect: 'write',
  risk: 'high',
  programs: [{ name: 'rm', argv: ['rm', '-rf', null], start: 0, end: 9, via: ['sudo'], effect: 'write' }],
  paths: [
    { path: '/w/a', effect: 'read' },
    { path: '/w/build', effect: 'delete', tree: true },
  ],
  hosts: [],
  reasons: [{ code: 'deletes-tree', text: 'Deletes folders.', program: 0, consequential: true }],
}

test('what was found is told, the gravest first and nothing that is empty', () => {
  expect(guardFacts(report, (path) => path.replace('/w/', ''))).toEqual([
    { name: 'Effect', values: ['changes files'] },
    { name: 'Runs', values: ['sudo → rm -rf …'] },
    { name: 'Deletes', values: ['build and all below'] },
    { name: 'Reads', values: ['a'] },
  ])
  expect(isConsequential(report)).toBe(true)
  expect(isConsequential(undefined)).toBe(false)
})

test('what could not be read says that more may happen', () => {
  const [effect] = guardFacts({ ...report, effect: 'unknown', understood: false })
  expect(effect?.values[0]).toBe(
    'cannot be told beforehand; a part of it could not be read, so more may happen than stands here',
  )
})

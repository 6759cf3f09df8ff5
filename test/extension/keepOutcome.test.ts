import { expect, test } from 'vitest'
import { consentQuestion, discardOutcome, keepOutcome } from '../../extension/keepOutcome.ts'

test('one kept file is named', () => {
  const outcome = keepOutcome([{ type: 'kept', path: 'src/cart.js', merged: false }])
  expect(outcome).toEqual({ done: 'Kept cart.js', conflicts: [], refusals: [], runsLater: [], stale: [] })
})

test('merges are told', () => {
  const kept = (path: string, merged: boolean) => ({ type: 'kept' as const, path, merged })
  expect(keepOutcome([kept('a', true)]).done).toBe('Kept a, merged with your edits')
  expect(keepOutcome([kept('a', true), kept('b', false)]).done).toBe('Kept 2 files, 1 merged with your edits')
})

test('what was not kept is sorted by what is to be said of it', () => {
  const conflict = { type: 'conflict', path: 'a', why: 'same lines', user: 'ab' } as const
  const later = { type: 'runsLater', path: '.envrc', what: 'the shell runs it', content: 'f00d' } as const
  const refused = { type: 'refused', path: 'b', why: 'a link', fix: 'remove it' } as const
  expect(keepOutcome([conflict, refused, later, { type: 'stale', path: 'c' }])).toEqual({
    done: '',
    conflicts: [conflict],
    refusals: [refused],
    runsLater: [later],
    stale: ['c'],
  })
})

test('discarded files are counted once', () => {
  const results = ['a', 'a', 'b'].map((path) => ({ type: 'discarded' as const, path }))
  expect(discardOutcome(results).done).toBe('Discarded 2 files')
})

test('a file that makes something run says what, and that nothing was written', () => {
  expect(consentQuestion({ path: '.envrc', what: 'the shell runs it' })).toEqual({
    question: 'Keep .envrc?',
    detail:
      'Once it is kept, the shell runs it. So far it lies in the copy only, and nothing of it was written to your folder.',
  })
})

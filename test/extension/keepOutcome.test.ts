import { expect, test } from 'vitest'
import { discardOutcome, keepOutcome } from '../../extension/keepOutcome.ts'

test('one kept file is named', () => {
  const outcome = keepOutcome([{ type: 'kept', path: 'src/cart.js', merged: false }])
  expect(outcome).toEqual({ done: 'Kept cart.js', conflicts: [], runLater: [], refusals: [], stale: [] })
})

test('merges are told', () => {
  const kept = (path: string, merged: boolean) => ({ type: 'kept' as const, path, merged })
  expect(keepOutcome([kept('a', true)]).done).toBe('Kept a, merged with your edits')
  expect(keepOutcome([kept('a', true), kept('b', false)]).done).toBe('Kept 2 files, 1 merged with your edits')
})

test('what was not kept is sorted by what is to be said of it', () => {
  const later = { type: 'runsLater', path: '.npmrc', what: 'x', content: 'file 644 ab' } as const
  const conflict = { type: 'conflict', path: 'a', why: 'same lines', user: 'ab' } as const
  const refused = { type: 'refused', path: 'b', why: 'a link', fix: 'remove it' } as const
  expect(keepOutcome([conflict, later, refused, { type: 'stale', path: 'c' }])).toEqual({
    done: '',
    conflicts: [conflict],
    runLater: [later],
    refusals: [refused],
    stale: ['c'],
  })
})

test('discarded files are counted once', () => {
  const results = ['a', 'a', 'b'].map((path) => ({ type: 'discarded' as const, path }))
  expect(discardOutcome(results).done).toBe('Discarded 2 files')
})

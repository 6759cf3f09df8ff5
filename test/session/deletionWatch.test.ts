import { describe, expect, test } from 'vitest'
import type { Change } from '#protocol/change.ts'
import { DeletionWatch } from '../../daemon/session/deletionWatch.ts'

const change = (path: string, status: Change['status'] = 'deleted'): Change => ({
  path,
  status,
  kind: 'text',
  additions: 0,
  deletions: 1,
  baseMoved: false,
})
const many = (count: number, name = (at: number) => `docs/${at}.md`, status?: Change['status']) =>
  Array.from({ length: count }, (_, at) => change(name(at), status))

describe('a step is stopped after', () => {
  test('where more than 200 files of the user went in it, with their number and what to do', () => {
    expect(new DeletionWatch([]).after(many(201), 3)).toMatchObject({
      code: 'manyDeletions',
      message: expect.stringContaining('Step 3 deleted 201 of your files'),
      fix: expect.stringContaining('resume'),
    })
  })

  test('where as many others were made under other names', () => {
    const changes = [...many(201), ...many(300, (at) => `junk${at}.txt`, 'added')]
    expect(new DeletionWatch([]).after(changes, 1)).toMatchObject({ message: expect.stringContaining('201') })
  })

  test('once: what went before is not counted again', () => {
    const watch = new DeletionWatch(many(300))
    expect(watch.after(many(500), 1)).toBeUndefined()
    expect(watch.after(many(701), 2)).toMatchObject({ message: expect.stringContaining('201') })
    expect(watch.after(many(701), 3)).toBeUndefined()
  })

  test.each([
    ['200', many(200)],
    ['what is installed and built', many(5_000, (at) => `packages/a/node_modules/p/${at}.js`)],
    ['files that were moved', many(300, undefined, 'renamed')],
    [
      'files that were moved and are not told from others, such as empty ones',
      [...many(300), ...many(300, (at) => `moved/${at}.md`, 'added')],
    ],
    ['files that were changed', many(300, undefined, 'modified')],
  ])('not for %s', (_, changes) => {
    expect(new DeletionWatch([]).after(changes, 1)).toBeUndefined()
  })

  test('not where something grave was allowed in it; that is good for one step', () => {
    const watch = new DeletionWatch([])
    watch.allow()
    expect(watch.after(many(300), 1)).toBeUndefined()
    expect(watch.after(many(600), 2)).toBeDefined()
  })
})

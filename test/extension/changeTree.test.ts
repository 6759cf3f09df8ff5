import { expect, test } from 'vitest'
import type { Change } from '#protocol/change.ts'
import {
  type ChangeNode,
  changeList,
  changeMark,
  changeSummary,
  changesUnder,
  changeTree,
  diffTitle,
  skippedMessage,
} from '../../extension/changeTree.ts'

function change(path: string, more: Partial<Change> = {}): Change {
  return { path, status: 'modified', kind: 'text', additions: 2, deletions: 1, baseMoved: false, ...more }
}

/** The tree as indented lines. */
function drawn(nodes: readonly ChangeNode[], indent = ''): string[] {
  return nodes.flatMap((node) =>
    node.type === 'file'
      ? [`${indent}${node.name}`]
      : [`${indent}${node.name}/`, ...drawn(node.children, `${indent}  `)],
  )
}

const changes = ['README.md', 'src/deep/only/a.js', 'src/deep/only/b.js', 'src/x.js', 'test/x.test.js'].map((path) =>
  change(path),
)

test('folders come first, and a folder with one folder in it is one line', () => {
  expect(drawn(changeTree(changes))).toEqual([
    'src/',
    '  deep/only/',
    '    a.js',
    '    b.js',
    '  x.js',
    'test/',
    '  x.test.js',
    'README.md',
  ])
})

test('a folder answers every change below it', () => {
  const [src] = changeTree(changes)
  expect(changesUnder(src!).map(({ path }) => path)).toEqual(['src/deep/only/a.js', 'src/deep/only/b.js', 'src/x.js'])
})

test('names such as __proto__ are names', () => {
  const nodes = changeTree([change('__proto__/constructor/x'), change('toString')])
  expect(drawn(nodes)).toEqual(['__proto__/constructor/', '  x', 'toString'])
})

test('the list names the folder beside the file', () => {
  expect(changeList(changes).map((node) => node.type === 'file' && [node.name, node.folder])).toEqual([
    ['README.md', ''],
    ['a.js', 'src/deep/only'],
    ['b.js', 'src/deep/only'],
    ['x.js', 'src'],
    ['x.test.js', 'test'],
  ])
})

test.each<[Partial<Change>, string]>([
  [{}, 'modified, +2 −1'],
  [{ status: 'renamed', from: 'old.js' }, 'renamed from old.js, +2 −1'],
  [{ status: 'added', kind: 'binary' }, 'added, binary'],
  [{ kind: 'symlink' }, 'modified, symbolic link'],
  [{ mode: { base: 0o644, layer: 0o755 } }, 'modified, mode 644 → 755, +2 −1'],
  [{ baseMoved: true }, 'modified, +2 −1, you changed this file meanwhile; keeping it merges'],
])('%j is told as "%s"', (more, text) => expect(changeSummary(change('a.js', more))).toBe(text))

test.each<[Partial<Change>, string]>([
  [{}, '+2 −1'],
  [{ status: 'renamed', from: 'lib/old.js', additions: 0, deletions: 0 }, '← old.js'],
  [{ kind: 'binary', additions: 0, deletions: 0 }, 'binary'],
  [{ kind: 'symlink', additions: 0, deletions: 0 }, 'link'],
  [{ mode: { base: 0o644, layer: 0o755 }, additions: 0, deletions: 0 }, '644 → 755'],
])('beside the name of %j stands "%s"', (more, text) => expect(changeMark(change('a.js', more))).toBe(text))

test.each<[Partial<Change>, string]>([
  [{}, 'cart.js (Paddock: base ↔ layer)'],
  [{ status: 'added' }, 'cart.js (Paddock: added)'],
  [{ status: 'deleted' }, 'cart.js (Paddock: deleted)'],
  [{ status: 'renamed', from: 'lib/till.js' }, 'till.js → cart.js (Paddock: renamed)'],
  [{ mode: { base: 0o644, layer: 0o755 } }, 'cart.js (Paddock: base ↔ layer, mode 644 → 755)'],
])('the title of a diff of %j', (more, title) => expect(diffTitle(change('src/cart.js', more))).toBe(title))

test('what the agent made and nobody can keep is named', () => {
  const pipe = { path: 'run/a.pipe', why: 'a named pipe' }
  expect(skippedMessage([])).toBe('')
  expect(skippedMessage([pipe])).toBe('Cannot be kept: run/a.pipe (a named pipe)')
  expect(skippedMessage([pipe, pipe, pipe])).toBe('Cannot be kept: run/a.pipe (a named pipe), and 2 more')
})

test('a title shows what a file name hides', () => {
  expect(diffTitle(change('src/a\u202esj.txt'))).toContain('a⟨U+202E⟩sj.txt')
})

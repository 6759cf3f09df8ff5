import { expect, test } from 'vitest'
import type { SandboxInfo } from '#protocol/sandbox.ts'
import { diskNodes, portsOf, type SandboxNode, sandboxNodes } from '../../extension/sandboxNodes.ts'
import { sandboxInfo } from './sandboxInfo.ts'

const around = { titleOf: (id: string) => `Title of ${id}`, evidenceOf: () => undefined, timeOf: () => 'noon' }

/** The view as text, one line per node. */
function drawn(nodes: readonly SandboxNode[], indent = ''): string[] {
  return nodes.flatMap(({ label, description, children = [] }) => [
    `${indent}${label}${description ? ` | ${description}` : ''}`,
    ...(children === 'later' ? [`${indent}  (later)`] : drawn(children, `${indent}  `)),
  ])
}
const view = (params: Partial<SandboxInfo>) => drawn(sandboxNodes(sandboxInfo(params), around))

test('an open sandbox tells kind, sessions, ports, network, limits and how they are held', () => {
  const limits = { memoryMiB: 'whole', processes: 'notEnforced' } as const
  const ports = [{ port: 8080, program: 'python3' }, { port: 3000 }]
  expect(view({ open: [{ session: 's1', kind: 'bubblewrap', since: 0, limits, ports }] })).toEqual([
    'Bubblewrap | ready',
    'Open | 1 session',
    '  Title of s1 | bubblewrap, since noon',
    'Open ports | 2 ports',
    '  3000 | Title of s1',
    '  8080 | python3 · Title of s1',
    'Network | asks for every host',
    '  You are asked about every host when a program wants it.',
    '  This machine’s own services and private networks are out of reach unless a rule names their address.',
    'Limits | 2 limits, not all enforced',
    '  Memory | 1.5 GiB, held for all together',
    '  Processes | 2,048, not enforced here',
    '  Processors | no limit',
    '  Open files per process | no limit',
    '  Largest file | no limit',
    '  Disk growth | no limit',
    '  Output per command | no limit',
    'Secrets | none',
    'Snapshots | none',
    'Disk | of 50 GiB',
    '  (later)',
  ])
})

test('one that failed says why and the one fix, open to be read', () => {
  const [state] = sandboxNodes(sandboxInfo({ state: 'failed', why: 'It broke.', fix: 'Mend it.' }), around)
  expect(state).toMatchObject({ description: 'failed', open: true, context: 'sandbox.failed' })
  expect(drawn([state!])).toEqual(['Bubblewrap | failed', '  It broke.', '  Mend it.'])
})

test('secrets show their name and where they are, never a value', () => {
  const { settings } = sandboxInfo()
  const secrets: SandboxInfo['settings']['secrets'] = [
    { name: 'TOKEN', from: 'editor:TOKEN.1', use: { type: 'host', host: 'api.example.com' } },
    { name: 'KEY', from: 'file:/home/me/key', use: { type: 'file' } },
    { name: 'PASS', from: 'env:THE_PASS', use: { type: 'file' } },
  ]
  expect(view({ settings: { ...settings, secrets } }).filter((line) => /TOKEN|KEY|PASS/.test(line))).toEqual([
    '  TOKEN | only for api.example.com, from the editor’s secret storage',
    '  KEY | a file inside, from /home/me/key',
    '  PASS | a file inside, from THE_PASS of the daemon’s environment',
  ])
})

test('what a program inside calls itself cannot play tricks with the line', () => {
  const open = [{ session: 's', kind: 'gvisor', since: 0, limits: {}, ports: [{ port: 1, program: 'a\u202eb' }] }]
  expect(view({ open })).toContain('  1 | a⟨U+202E⟩b · Title of s')
})

test('the last command’s evidence stands under its session', () => {
  const evidence = {
    kind: 'bubblewrap',
    requested: { network: false },
    effective: { network: true },
    active: true,
    limitsHit: ['memoryMiB'],
  }
  const open = [{ session: 's', kind: 'bubblewrap', since: 0, limits: {}, ports: [] }]
  expect(drawn(sandboxNodes(sandboxInfo({ open }), { ...around, evidenceOf: () => evidence })).slice(2, 7)).toEqual([
    '  Title of s | bubblewrap, since noon',
    '    Last command | ran in bubblewrap',
    '    Network asked for | as the rules say',
    '    Network in force | through the proxy',
    '    Limits hit | memoryMiB',
  ])
})

test('ports of all sessions, the lowest first', () => {
  const one = { kind: 'bubblewrap', since: 0, limits: {} }
  const open = [
    { ...one, session: 'a', ports: [{ port: 9000, program: 'node' }] },
    { ...one, session: 'b', ports: [{ port: 80 }] },
  ]
  expect(portsOf(sandboxInfo({ open }))).toEqual([
    { session: 'b', port: 80 },
    { session: 'a', port: 9000, program: 'node' },
  ])
})

test('disk use in words, or that it could not be counted', () => {
  const nodes = diskNodes({ home: 3 * 2 ** 30, system: 0, layers: 1500, snapshots: 700 })
  expect(drawn(nodes)).toEqual(['Home | 3 GiB', 'System packages | 0', 'Layers | 1.5 KiB', 'Snapshots | 700 bytes'])
  expect(drawn(diskNodes(null))).toEqual(['It could not be counted.'])
})

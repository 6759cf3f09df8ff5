import type { Action, Approval, Decision } from '#protocol/approval.ts'
import type { SessionEvent } from '#protocol/event.ts'
import { folder } from './scriptedHost.ts'

const allowed: Decision = { verdict: 'allow', rule: 'sandboxed', risk: 'low', reason: 'Runs in the sandbox.' }

interface CallOf {
  readonly id: string
  readonly tool: string
  readonly args: Record<string, unknown>
  readonly action: Action
  readonly output: string
  readonly summary: string
  readonly ok?: boolean
  readonly ms?: number
}

/** The events of one step: what the model says, and its calls with what comes of them. */
export function step(task: string, number: number, text: string, calls: readonly CallOf[] = []): SessionEvent[] {
  return [
    { type: 'stepStarted', task, step: number },
    {
      type: 'modelReplied',
      task,
      step: number,
      text,
      calls: calls.map(({ id, tool, args }) => ({ id, tool, arguments: JSON.stringify(args) })),
      usage: { inputTokens: 1_200, outputTokens: 90 },
    },
    ...calls.flatMap(({ id, tool, action, output, summary, ok = true, ms = 120 }): SessionEvent[] => [
      { type: 'toolStarted', task, step: number, call: id, tool, action, decision: allowed },
      {
        type: 'toolFinished',
        task,
        step: number,
        call: id,
        outcome: ok ? 'ok' : 'error',
        output,
        summary,
        durationMs: ms,
        evidence: {
          kind: 'bubblewrap',
          requested: { network: false },
          effective: { network: false },
          active: true,
        },
      },
    ]),
  ]
}

export function begin(task: string, prompt: string): SessionEvent[] {
  return [
    { type: 'taskSubmitted', task, prompt },
    { type: 'taskStarted', task, prompt, model: 'Demo model', resumed: false },
  ]
}

export const run = (id: string, command: string, output: string, summary: string, ok = true, ms = 1_240): CallOf => ({
  id,
  tool: 'exec',
  args: { command },
  action: { type: 'command', command, cwd: folder, network: false },
  output,
  summary,
  ok,
  ms,
})

const read = (id: string, path: string): CallOf => ({
  id,
  tool: 'read_file',
  args: { path },
  action: { type: 'read', path: `${folder}/${path}` },
  output: 'export function total(items) {\n  return items.reduce((sum, item) => sum + item.price, 0)\n}\n',
  summary: '42 lines',
})

const edit = (id: string, path: string): CallOf => ({
  id,
  tool: 'edit_file',
  args: { path, old_text: 'sum + item.price', new_text: 'sum + item.price * item.quantity' },
  action: { type: 'write', path: `${folder}/${path}`, size: 812, sha256: 'a'.repeat(64) },
  output: 'Replaced 1 place.',
  summary: '+2 −1',
})

const failingTest = `✖ total counts the quantity (1.2 ms)
  AssertionError: Expected values to be strictly equal:
  10 !== 30
      at test/cart.test.js:14:10

ℹ tests 7
ℹ pass 6
ℹ fail 1`

/** A session as it looks in the middle of the demo: a failing test found, fixed, and a question asked. */
export function fixTheTest(task: string): SessionEvent[] {
  return [
    ...begin(task, 'Fix the failing test'),
    ...step(task, 1, 'I will look at the project and run its tests first.', [
      {
        id: 'c1',
        tool: 'list_dir',
        args: {},
        action: { type: 'list', path: folder },
        output: 'README.md\npackage.json\nsrc/\ntest/',
        summary: '4 entries',
      },
      run('c2', 'npm test', failingTest, 'exit 1 in 1.2 s', false),
    ]),
    ...step(task, 2, 'One test fails: `total` ignores the quantity. The cause must be in `src/cart.js`.', [
      read('c3', 'src/cart.js'),
      {
        id: 'c4',
        tool: 'search',
        args: { pattern: 'total(' },
        action: { type: 'search', path: folder, pattern: 'total(' },
        output: 'src/cart.js:3: export function total(items) {',
        summary: '3 matches',
      },
    ]),
    ...step(task, 3, '', [edit('c5', 'src/cart.js'), edit('c6', 'src/format.js')]),
    {
      type: 'changesChanged',
      revision: 2,
      files: 2,
      additions: 12,
      deletions: 4,
      paths: ['src/cart.js', 'src/format.js'],
    },
    ...step(
      task,
      4,
      `The sum now multiplies by the quantity, and prices are rounded once, at the end:

\`\`\`js
export function total(items) {
  return items.reduce((sum, { price, quantity = 1 }) => sum + price * quantity, 0)
}
\`\`\`

- \`src/cart.js:3\` counts **every** piece of an item
- \`src/format.js\` rounds to cents, see [Intl.NumberFormat](https://developer.mozilla.org/docs/Intl)`,
      [run('c7', 'npm test', 'ℹ tests 7\nℹ pass 7\nℹ fail 0', 'exit 0 in 1.1 s')],
    ),
  ]
}

/** A step that asks for an approval and waits. */
export function askForNetwork(
  session: string,
  task: string,
  number: number,
  command: string,
  more: Partial<Approval> = {},
): SessionEvent[] {
  const action: Action = { type: 'command', command, cwd: folder, network: true }
  return [
    { type: 'stepStarted', task, step: number },
    {
      type: 'modelReplied',
      task,
      step: number,
      text: 'The lock file is out of date. I would like to refresh it.',
      calls: [{ id: `ask-${number}`, tool: 'exec', arguments: JSON.stringify({ command, network: true }) }],
    },
    {
      type: 'approvalAsked',
      approval: {
        id: `approval-${number}`,
        session,
        task,
        call: `ask-${number}`,
        tool: 'exec',
        action,
        hash: 'f'.repeat(64),
        risk: 'medium',
        reason: 'It may reach any public host while it runs, without being asked about each.',
        claim: 'Refreshes package-lock.json so that it matches package.json.',
        askedAt: 0,
        ...more,
      },
    },
  ]
}

/** What guard and policy say of a command that destroys what the agent did not make. */
export const grave: Partial<Approval> = {
  risk: 'high',
  reason: 'Deletes folders with all that lies in them.',
  guard: {
    understood: true,
    effect: 'write',
    risk: 'high',
    programs: [
      { name: 'npm', argv: ['npm', 'run', 'clean'], start: 0, end: 13, via: [], effect: 'run' },
      { name: 'rm', argv: ['rm', '-rf', 'build', null], start: 17, end: 36, via: ['sudo'], effect: 'write' },
    ],
    paths: [
      { path: `${folder}/build`, effect: 'delete', tree: true },
      ...Array.from({ length: 8 }, (_, index) => ({ path: `/var/cache/shop/${index}`, effect: 'write' as const })),
    ],
    hosts: ['registry.example'],
    reasons: [
      { code: 'deletes-tree', text: 'Deletes folders with all that lies in them.', program: 1, consequential: true },
      { code: 'expands-later', text: 'A word is only known when it runs.', program: 1 },
    ],
  },
  proposals: [
    { verdict: 'allow', program: ['npm', 'run', 'clean'] },
    { verdict: 'allow', path: 'build/**', access: ['delete'] },
  ],
  dependsOn: [{ path: `${folder}/package.json`, sha256: 'b'.repeat(64) }],
}

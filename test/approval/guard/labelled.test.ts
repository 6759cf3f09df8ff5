import { expect, test } from 'vitest'
import { decide } from '../../../daemon/approval/policy/decide.ts'
import { examined, home, root } from './examined.ts'
import { labelled } from './labelled.ts'

const harmless = labelled('harmless')
const asking = labelled('asking')
const destructive = labelled('destructive')

/** What becomes of it in auto mode, in a sandbox, where nobody has written a rule. */
function verdict(command: string): 'allow' | 'ask' | 'deny' {
  const action = { type: 'command', command, cwd: root, network: false } as const
  const context = { tool: 'exec', mode: 'auto', root, home, sandboxed: true, grants: new Set<string>() } as const
  return decide(action, examined(command), {
    ...context,
    network: { undecided: 'ask', rules: [] },
    rules: [],
    policy: [],
  }).verdict
}

test('there are enough labelled commands, and none has two labels', () => {
  const all = [...harmless, ...asking, ...destructive]
  expect(all.length).toBeGreaterThanOrEqual(1_500)
  expect(all.filter((line, i) => all.indexOf(line) !== i)).toEqual([])
  console.log(
    `figure: labelled commands: ${harmless.length} harmless, ${asking.length} that need asking, ${destructive.length} destructive`,
  )
})

test('none that is destructive or unknown is allowed in auto mode', () => {
  const allowed = [...asking, ...destructive].filter((line) => verdict(line) === 'allow')
  console.log(`figure: of those that need asking or destroy, allowed in auto mode: ${allowed.length} (aim 0)`)
  expect(allowed).toEqual([])
})

test('what destroys is called consequential or is not understood, whoever decides', () => {
  const missed = destructive.filter((line) => {
    const { understood, reasons } = examined(line)
    return understood && !reasons.some(({ consequential }) => consequential)
  })
  expect(missed).toEqual([])
})

test('at least nine in ten harmless everyday commands are not asked about in auto mode', () => {
  const asked = harmless.filter((line) => verdict(line) !== 'allow')
  const share = (100 * (harmless.length - asked.length)) / harmless.length
  console.log(`figure: harmless everyday commands not asked about in auto mode: ${share.toFixed(1)} % (aim 90)`)
  if (process.env['PADDOCK_LABELLED']) console.log(asked.map((line) => `  asked: ${line}`).join('\n'))
  expect(share).toBeGreaterThanOrEqual(90)
})

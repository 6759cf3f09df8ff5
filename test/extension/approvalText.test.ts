import { describe, expect, test } from 'vitest'
import type { Action, Approval } from '#protocol/approval.ts'
import { actionLine, approvalDocument, approvalMessage, inert } from '../../extension/approvalText.ts'

function command(line: string, network = false): Action {
  return { type: 'command', command: line, cwd: '/home/me/shop', network }
}

function approval(action: Action, more: Partial<Approval> = {}): Approval {
  return {
    id: 'a1',
    session: 's1',
    task: 't1',
    call: 'c1',
    tool: 'exec',
    action,
    hash: 'f00d',
    risk: 'medium',
    reason: 'asks for the network',
    askedAt: 0,
    ...more,
  }
}

describe('one line of an action', () => {
  test.each<[Action, string]>([
    [command('npm test'), 'Run: npm test'],
    [command('npm i left-pad', true), 'Run with the network: npm i left-pad'],
    [{ type: 'read', path: '/etc/passwd' }, 'Read: /etc/passwd'],
    [{ type: 'write', path: 'a.js', size: 12, sha256: 'x' }, 'Write 12 bytes: a.js'],
    [{ type: 'unknown', tool: 'mcp', arguments: '{"a":1}' }, 'Call: mcp {"a":1}'],
  ])('%j', (action, text) => expect(actionLine(action)).toEqual({ text, whole: true }))

  test('several lines stand on one, with every line feed seen', () => {
    expect(actionLine(command('echo ok\nrm -rf ~')).text).toBe('Run: echo ok ⏎ rm -rf ~')
  })

  test('what does not fit is cut, and says so', () => {
    const line = actionLine(command(`echo ${'x'.repeat(300)}; rm -rf ~`))
    expect(line.whole).toBe(false)
    expect(line.text).toMatch(/x…$/)
    expect(line.text.length).toBeLessThan(230)
  })

  test('B1: a danger behind five hundred blanks stays in sight', () => {
    expect(actionLine(command(`ls${' '.repeat(500)}; rm -rf ~`))).toEqual({
      text: 'Run: ls⟨500 blanks⟩; rm -rf ~',
      whole: true,
    })
  })

  test('B1: characters that would not show are spelled out', () => {
    expect(actionLine(command('rm \u202etxt\u001b[2K')).text).toBe('Run: rm ⟨U+202E⟩txt⟨U+001B⟩[2K')
  })

  test('a cut never halves a character', () => {
    expect(actionLine(command('😀'.repeat(50)), { limit: 15 }).text).toBe(`Run: ${'😀'.repeat(7)}…`)
  })
})

test('paths of the workspace are told as seen from there, others whole', () => {
  const folder = '/data/layers/s1/copy'
  const line = (path: string) => actionLine({ type: 'read', path }, { folder }).text
  expect(line('/data/layers/s1/copy/src/a.js')).toBe('Read: src/a.js')
  expect(line('/data/layers/s2/copy/src/a.js')).toBe('Read: /data/layers/s2/copy/src/a.js')
  expect(line(folder)).toBe('Read: the workspace folder')
  const copied = { type: 'command', command: 'make', cwd: folder, network: false } as const
  expect(approvalDocument(approval(copied), 'Fix it', folder)).not.toContain('/data/layers')
})

test('a message can neither hold a link that runs a command nor an icon', () => {
  const { text } = approvalMessage(approval(command('echo [Allow](command:workbench.action.quit) $(check)')))
  expect(text).not.toMatch(/\]\(/)
  expect(text).not.toMatch(/\$\(/)
  expect(text.replaceAll('\u2060', '')).toBe('Paddock asks: Run: echo [Allow](command:workbench.action.quit) $(check)')
  expect(inert('plain')).toBe('plain')
})

test('a grave risk is named first', () => {
  expect(approvalMessage(approval(command('x'), { risk: 'high' })).text).toBe('Paddock asks (high risk): Run: x')
  expect(approvalMessage(approval(command('x'), { risk: 'low' })).text).toBe('Paddock asks: Run: x')
})

test('B9: the document holds the whole action before anything that the model says', () => {
  const text = approvalDocument(approval(command('rm x\nb\u202e', true), { claim: 'It is safe\u200b.' }), 'Fix it')
  expect(text).toContain('Run with the network, exactly this (7 characters, all of them here):\n\nrm x\nb⟨U+202E⟩\n')
  expect(text).toContain('Network: any public host')
  expect(text.indexOf('SHA-256 of the call: f00d')).toBeLessThan(text.indexOf('What the model says'))
  expect(text).toContain('It is safe⟨U+200B⟩.')
})

test('in the document nothing hides at the far right', () => {
  const text = approvalDocument(approval(command(`echo ${'x'.repeat(995)}; rm -rf ~`)), 'Fix it')
  expect(text.split('\n').every((line) => line.length <= 102)).toBe(true)
  expect(text.replaceAll(' ↩\n', '')).toContain(`echo ${'x'.repeat(995)}; rm -rf ~\n`)
  expect(text).toContain('↩ breaks a long line')
})

test('the document tells what the guard found and what would be granted, hostile names as text', () => {
  const path = '/home/me/shop/a\u202eb'
  const text = approvalDocument(
    approval(command('sudo rm -rf $X'), {
      guard: {
        understood: true,
        effect: 'write',
        risk: 'high',
        programs: [{ name: 'rm', argv: ['rm', '-rf', null], start: 0, end: 14, via: ['sudo'], effect: 'write' }],
        paths: [{ path, effect: 'delete', tree: true }],
        hosts: [],
        reasons: [{ code: 'deletes-tree', text: 'Deletes folders.', consequential: true }],
      },
      proposals: [{ verdict: 'allow', program: ['rm', '-rf'] }],
      dependsOn: [{ path: '/home/me/shop/package.json', sha256: null }],
    }),
    'Fix it',
    '/home/me/shop',
  )
  for (const line of [
    'Neither the sandbox nor the copy of your files can take this back.',
    'Also: Deletes folders.',
    'Runs: sudo → rm -rf …',
    'Folder: the workspace folder',
    'Deletes: a⟨U+202E⟩b and all below',
    'Takes orders from: package.json (not there)',
    '{"verdict":"allow","program":["rm","-rf"]}',
    '  Allows rm -rf, whatever follows these words.',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
})

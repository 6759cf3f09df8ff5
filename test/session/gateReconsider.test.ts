import { expect, test } from 'vitest'
import type { Decision } from '#protocol/approval.ts'
import type { Case, Judge } from '../../daemon/approval/judge.ts'
import { KnownSecrets } from '../../daemon/sandbox/redaction.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import { plainJudge, sessionGate } from '../support/sessionGate.ts'

const action = { type: 'command', command: 'deploy hunter2-hunter2', cwd: '/w', network: false } as const
const call = { task: 't1', step: 1, call: 'c1', tool: 'exec', arguments: '{}', action }

function ground(judge: (tried: Case) => Decision['verdict']) {
  const known = new KnownSecrets()
  known.add('secret TOKEN', 'hunter2-hunter2')
  const store = sqliteStore(':memory:')
  const log = new SessionLog(store, 's1', undefined, known)
  log.append(
    { type: 'sessionCreated', folder: '/w', title: 'x' },
    { type: 'taskSubmitted', task: 't1', prompt: 'go' },
    { type: 'taskStarted', task: 't1', prompt: 'go', model: 'm', resumed: false },
  )
  const usual = plainJudge()
  const mine: Judge = {
    ...usual,
    judge: (tried) => {
      const { report } = usual.judge(tried)
      return { report, decision: { verdict: judge(tried), rule: 'r', risk: 'low', reason: 'x' } }
    },
  }
  return { store, log, gate: sessionGate(log, { judge: mine }) }
}

test('rules are asked anew about what would run, not about what is told of it', async () => {
  const seen: string[] = []
  const { store, log, gate } = ground(({ action: tried }) => {
    if (tried.type === 'command') seen.push(tried.command)
    return 'ask'
  })
  void gate.pass(call, new AbortController().signal)
  expect(log.state.approvals[0]).toMatchObject({ action: { command: 'deploy [secret TOKEN]' } })
  gate.reconsider()
  expect(new Set(seen)).toEqual(new Set(['deploy hunter2-hunter2']))
  store.close()
})

test('what rules allowed while it waited is asked about again where they no longer do when it is to run', async () => {
  let verdict: Decision['verdict'] = 'ask'
  const { store, log, gate } = ground(() => verdict)
  const passing = gate.pass(call, new AbortController().signal)
  const [first] = log.state.approvals
  verdict = 'allow'
  gate.reconsider()
  verdict = 'ask'
  await expect
    .poll(() => log.state.approvals.map(({ id }) => id))
    .toEqual([expect.not.stringContaining(first?.id ?? '')])
  gate.answer(log.state.approvals[0]?.id ?? '', { type: 'deny' }, 'w')
  expect(await passing).toMatchObject({ type: 'denied' })
  store.close()
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '#protocol/approval.ts'
import { actionHash } from '../../daemon/approval/actionHash.ts'
import { CaseGround, exec, networked } from './caseGround.ts'

let ground: CaseGround
beforeEach(async () => {
  ground = await CaseGround.begin({ 'src/a.js': 'a\n' })
})
afterEach(() => ground.end())

const edited = (command: string) => ({ type: 'allowWithInput', arguments: JSON.stringify({ command }) }) as const
const actionOf = (command: string): Action => ({ type: 'command', command, cwd: ground.daemon.folder, network: false })
const finished = () => ground.events('toolFinished')
const started = () => ground.events('toolStarted')
const changed = async () =>
  (await ground.client.request('change/list', { session: ground.watched.id })).changes.map(({ path }) => path)

const provide = () => ground.client.request('sandbox/provideSecrets', { secrets: { key: 'open sesame' } })

/** Its answer is on disk, and the daemon that took it goes before the call could run: it could open no sandbox without its secret. */
async function answeredAndKilled(command: string): Promise<string> {
  const secrets = [{ name: 'KEY', from: 'editor:key', use: { type: 'file' as const } }]
  await ground.client.request('sandbox/configure', { folder: ground.daemon.folder, settings: { secrets } })
  await provide()
  const task = await ground.task([networked('echo asked > asked.txt')])
  const approval = await ground.pending()
  await ground.killed()
  await ground.useModel()
  await ground.answer(approval, edited(command))
  expect(await ground.watched.ended(task)).toMatchObject({ failure: { code: 'sandboxUnavailable' } })
  await ground.killed()
  expect(ground.events('approvalAnswered')).toMatchObject([{ outcome: edited(command), by: 'window 1' }])
  expect(started()).toEqual([])
  return task
}

async function goOn(task: string): Promise<void> {
  await ground.useModel()
  await provide()
  await ground.client.request('task/resume', { session: ground.watched.id, task })
  await ground.watched.until(({ type }) => type === 'taskCompleted')
}

test('what a person wrote runs also where the daemon went between the answer and the run, once, and nobody is asked again', async () => {
  const command = 'echo edited > edited.txt'
  const task = await answeredAndKilled(command)
  await goOn(task)
  expect(started()).toMatchObject([
    { action: actionOf(command), decision: { rule: 'allowed-with-input', by: 'window 1' } },
  ])
  expect(finished()).toMatchObject([{ outcome: 'ok', output: expect.stringContaining('The user changed this call') }])
  expect(ground.events('approvalAsked')).toHaveLength(1)
  expect(await changed()).toEqual(['edited.txt'])
})

test('a rule that came to deny what a person wrote denies it, by its own reason, and the record says what was denied', async () => {
  const command = 'echo edited > edited.txt; git tag x'
  const task = await answeredAndKilled(command)
  ground.policy('rules:', '- {verdict: deny, program: [git, tag], name: no tags, reason: Tags are for releases.}')
  await goOn(task)
  expect(started()).toEqual([])
  expect(finished()).toMatchObject([
    {
      outcome: 'denied',
      output: 'Tags are for releases.',
      action: actionOf(command),
      decision: { verdict: 'deny', rule: 'no tags', source: 'user' },
    },
  ])
  expect(await ground.audit('call')).toMatchObject([
    {
      verdict: 'deny',
      what: { text: expect.stringContaining('git tag x') },
      evidence: { action: actionHash('exec', actionOf(command)) },
    },
  ])
  expect(await changed()).toEqual([])
})

test('a rule that came to deny what was asked denies what a person wrote instead of it', async () => {
  const task = await answeredAndKilled('echo edited > edited.txt')
  ground.policy('rules:', '- {verdict: deny, command: "echo asked > asked.txt", name: not that}')
  await goOn(task)
  expect(started()).toEqual([])
  expect(finished()).toMatchObject([
    { outcome: 'denied', action: { command: 'echo asked > asked.txt' }, decision: { rule: 'not that' } },
  ])
})

test('what a rule denies is refused when a person writes it, says why, and the question stays', async () => {
  ground.policy('rules:', '- {verdict: deny, program: [git, push], reason: Not from here.}')
  const task = await ground.task([networked('echo asked')])
  const approval = await ground.pending()
  await expect(ground.answer(approval, edited('cd src && git push'))).rejects.toMatchObject({
    data: { type: 'invalidParams', issues: [{ path: 'outcome.arguments', message: 'It is denied: Not from here.' }] },
  })
  expect(ground.watched.state().approvals).toEqual([approval])
  expect(ground.events('approvalAnswered')).toEqual([])
  await ground.cancel(task)
})

test('where what a person wrote cannot be taken back, the layer is remembered before it runs; what was asked does not matter', async () => {
  const task = await ground.task([exec('echo 1 > made.txt'), networked('echo asked')])
  await ground.answer(await ground.pending(), edited('rm -rf src'))
  await ground.watched.ended(task)
  const types = ground.watched.events.map(({ event }) => event.type)
  const answeredAt = types.indexOf('approvalAnswered')
  expect(types.slice(answeredAt, answeredAt + 3)).toEqual(['approvalAnswered', 'checkpointMade', 'toolStarted'])
  const { checkpoint = '' } = ground.events('checkpointMade').findLast(({ step }) => step === 0) ?? {}
  expect((await changed()).sort()).toEqual(['made.txt', 'src/a.js'])
  await ground.client.request('checkpoint/rewind', { session: ground.watched.id, checkpoint })
  expect(await changed()).toEqual(['made.txt'])
})

test('record and audit show what a person wrote, and their hash is over that', async () => {
  const command = 'echo edited >  edited.txt'
  const task = await ground.task([networked('echo asked > asked.txt')])
  const approval = await ground.pending()
  await ground.answer(approval, edited(command))
  await ground.watched.ended(task)
  expect(started()).toMatchObject([{ action: actionOf(command), guard: { programs: ['echo'] } }])
  const [question] = await ground.audit('question')
  const [answer] = await ground.audit('answer')
  const [call] = await ground.audit('call')
  expect(question?.evidence?.action).toBe(approval.hash)
  expect(answer).toMatchObject({
    why: { reason: expect.stringContaining(command) },
    evidence: { action: approval.hash },
  })
  expect(call).toMatchObject({
    verdict: 'allow',
    who: { name: 'window 1' },
    what: { text: expect.stringContaining(command), files: [`${ground.daemon.folder}/edited.txt`] },
    evidence: { action: actionHash('exec', actionOf(command)), network: false },
  })
  expect(call?.evidence?.action).not.toBe(approval.hash)
  expect((await ground.client.request('audit/verify', {})).verification).not.toHaveProperty('fault')
})

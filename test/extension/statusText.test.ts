import { expect, test } from 'vitest'
import type { SessionSummary } from '#protocol/session.ts'
import { sessionDetail, statusText } from '../../extension/statusText.ts'

function session(state: SessionSummary['state'], more: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id: 's',
    folder: '/w',
    title: 'Fix it',
    createdAt: 0,
    updatedAt: 0,
    state,
    approvals: 0,
    changedFiles: 0,
    ...more,
  }
}

test('it is silent while nothing runs', () => expect(statusText([session('idle')], 0)).toBeNull())

test('what waits for the user goes before what runs', () => {
  expect(statusText([session('running')], 0)?.text).toBe('$(loading~spin) Paddock: running')
  expect(statusText([session('running'), session('queued')], 0)?.text).toBe(
    '$(loading~spin) Paddock: 2 sessions running',
  )
  expect(statusText([session('waiting')], 1)).toMatchObject({
    text: '$(shield) Paddock: 1 approval',
    waiting: true,
    label: 'Paddock: 1 approval waiting for your answer. Shows them.',
  })
})

test('a title cannot draw icons', () => {
  expect(statusText([session('running', { title: '$(check) done\u202e' })], 0)?.tooltip).toBe(
    '$\u2060(check) done⟨U+202E⟩',
  )
})

test('a session tells its state and what is to review', () => {
  expect(sessionDetail(session('idle'))).toBe('')
  expect(sessionDetail(session('running', { changedFiles: 1 }))).toBe('running, 1 changed file')
  expect(sessionDetail(session('waiting', { approvals: 2, changedFiles: 3 }))).toBe(
    'waits for 2 approvals, 3 changed files',
  )
})

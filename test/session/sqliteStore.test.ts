import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionEvent } from '#protocol/event.ts'
import type { AuditDraft } from '../../daemon/session/audit/auditDraft.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import type { Store } from '../../daemon/session/store.ts'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paddock-store-'))
  store = sqliteStore(join(folder, 'paddock.db'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

function reopen(): void {
  store.close()
  store = sqliteStore(join(folder, 'paddock.db'))
}

function newLog(id: string, ...events: SessionEvent[]): SessionLog {
  const log = new SessionLog(store, id)
  log.append({ type: 'sessionCreated', folder: '/w', title: id }, ...events)
  return log
}

function deleted(session: string): AuditDraft {
  return { at: 1, session, kind: 'sessionDeleted', who: { type: 'person', name: 'w' }, what: { text: session } }
}

/** One task of `steps` steps, three events each. */
function* steps(task: string, count: number): Generator<SessionEvent> {
  yield { type: 'taskSubmitted', task, prompt: 'go' }
  yield { type: 'taskStarted', task, prompt: 'go', model: 'm', resumed: false }
  for (let step = 1; step <= count; step++) {
    yield { type: 'stepStarted', task, step }
    yield {
      type: 'modelReplied',
      task,
      step,
      text: `reply ${step}`,
      calls: [],
      usage: { inputTokens: 2, outputTokens: 1 },
    }
    yield { type: 'changesChanged', revision: step, files: 1, additions: 1, deletions: 0, paths: ['a'] }
  }
}

describe('the store', () => {
  test('gives the same state after reopening as the log had, wherever the stored state was taken', () => {
    for (const count of [0, 1, 66, 67, 150]) {
      const log = newLog(`s${count}`)
      for (const event of steps('t', count)) log.append(event)
      const before = log.state
      reopen()
      expect(store.load(`s${count}`)).toEqual(before)
    }
  })

  test('numbers events without gaps and gives any range of them', () => {
    const log = newLog('s1', ...steps('t', 400))
    expect(log.state.seq).toBe(1203)
    expect(log.after(0, 5).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
    expect(log.after(1200, 100).map(({ seq }) => seq)).toEqual([1201, 1202, 1203])
    expect([...log.all()].map(({ seq }) => seq)).toEqual(Array.from({ length: 1203 }, (_, i) => i + 1))
  })

  test('a page begins where a task or a step does, and pages join without gap or overlap', () => {
    const log = newLog('s1', ...steps('t', 300))
    let before = log.state.seq + 1
    const seen: number[] = []
    while (before > 1) {
      const page = log.before(before, 100)
      expect(['sessionCreated', 'taskStarted', 'stepStarted']).toContain(page[0]?.event.type)
      seen.unshift(...page.map(({ seq }) => seq))
      before = page[0]?.seq ?? 1
    }
    expect(seen).toEqual(Array.from({ length: log.state.seq }, (_, i) => i + 1))
  })

  test('lists newest first, knows the live ones, and forgets what is deleted', async () => {
    newLog('old')
    await new Promise((resolve) => setTimeout(resolve, 2))
    newLog('new', { type: 'taskSubmitted', task: 't', prompt: 'go' })
    expect(store.list('/w').map(({ id }) => id)).toEqual(['new', 'old'])
    expect(store.list('/other')).toEqual([])
    expect(store.live()).toEqual(['new'])
    store.delete('new', deleted('new'))
    expect(store.load('new')).toBeUndefined()
    expect(store.live()).toEqual([])
    expect(store.after('new', 0, 10)).toEqual([])
  })

  test('finds the task of a repeated submission', () => {
    const log = newLog('s1', { type: 'taskSubmitted', task: 't1', prompt: 'go', submission: 'x' })
    expect(log.submitted('x')).toBe('t1')
    expect(log.submitted('y')).toBeUndefined()
  })

  test('a second daemon on the same file is refused, and told why', () => {
    expect(() => sqliteStore(join(folder, 'paddock.db'))).toThrow(/in use by another daemon/)
  })

  test('an append that fails leaves the log as it was, and the next one works', () => {
    const log = newLog('s1')
    const before = log.state
    const broken = {
      type: 'sessionRenamed',
      title: 'x',
      toJSON: () => {
        throw new Error('no')
      },
    } as unknown as SessionEvent
    expect(() => log.append({ type: 'sessionRenamed', title: 'half' }, broken)).toThrow()
    expect(log.state).toBe(before)
    log.append({ type: 'sessionRenamed', title: 'whole' })
    expect([...log.all()].map(({ seq }) => seq)).toEqual([1, 2])
    expect(store.load('s1')?.title).toBe('whole')
  })

  test('an event that was damaged on disk is told, not guessed at', () => {
    const log = newLog('s1')
    const nonsense = { seq: 2, at: 1, event: { type: 'nonsense' } as unknown as SessionEvent }
    store.append('s1', [nonsense], { ...log.state, seq: 2 }, [])
    expect(() => [...store.all('s1')]).toThrow(/Event 2 of session s1/)
  })
})

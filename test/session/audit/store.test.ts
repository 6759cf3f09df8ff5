import { copyFileSync, mkdtempSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditFilter } from '#protocol/audit.ts'
import type { SessionEvent } from '#protocol/event.ts'
import type { AuditDraft } from '../../../daemon/session/audit/auditDraft.ts'
import { HeadNote } from '../../../daemon/session/audit/headNote.ts'
import { SessionLog } from '../../../daemon/session/log.ts'
import { sqliteStore } from '../../../daemon/session/sqliteStore.ts'
import type { Store } from '../../../daemon/session/store.ts'

let folder: string
let file: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paddock-audit-'))
  file = join(folder, 'paddock.db')
  store = sqliteStore(file)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const decision = {
  verdict: 'allow',
  rule: 'sandboxed-command',
  risk: 'low',
  reason: 'It runs in the sandbox.',
} as const
const ran = (command: string, call: string): SessionEvent => ({
  type: 'toolStarted',
  task: 't1',
  step: 1,
  call,
  tool: 'exec',
  action: { type: 'command', command, cwd: '/w', network: false },
  decision,
  sandbox: 'bubblewrap',
})
const ended: SessionEvent = { type: 'taskCompleted', task: 't1' }

function newLog(id = 's1'): SessionLog {
  const log = new SessionLog(store, id)
  log.append({ type: 'sessionCreated', folder: '/w', title: id }, { type: 'taskSubmitted', task: 't1', prompt: 'go' })
  return log
}

function all(filter: AuditFilter = {}) {
  return store.audit.list({ filter, from: { after: 0 }, limit: 500 }).entries
}

function reopen(): void {
  store.close()
  store = sqliteStore(file)
}

/** What somebody does to the database while no daemon runs. */
function tamper(...statements: string[]): void {
  store.close()
  const database = new DatabaseSync(file)
  database.exec('DROP TRIGGER audit_stays; DROP TRIGGER audit_stays_so')
  for (const statement of statements) database.exec(statement)
  database.close()
  store = sqliteStore(file)
}

describe('the audit in the store', () => {
  test('begins, has every decision in the order of its event, and is as it was after reopening', async () => {
    const log = newLog()
    log.append(ran('make', 'c1'), ran('make test', 'c2'))
    log.append(ended)
    expect(all().map(({ seq, kind, what }) => [seq, kind, what.text])).toEqual([
      [1, 'begun', 'The record begins; 0 sessions were there before it.'],
      [2, 'call', 'make'],
      [3, 'call', 'make test'],
    ])
    expect(all()[1]).toMatchObject({ session: 's1', folder: '/w', task: 't1', evidence: { event: 3 } })
    const before = await store.audit.verify()
    expect(before).toMatchObject({ entries: 3 })
    expect(before.fault).toBeUndefined()
    reopen()
    expect(await store.audit.verify()).toEqual(before)
  })

  test('an event that could not be stored is not in it, and the chain goes on', async () => {
    const log = newLog()
    const broken = {
      ...ran('make', 'c1'),
      toJSON: () => {
        throw new Error('no')
      },
    }
    expect(() => log.append(ran('echo', 'c0'), broken as unknown as SessionEvent)).toThrow()
    expect(all()).toHaveLength(1)
    log.append(ran('make', 'c1'))
    expect(all().map(({ what }) => what.text)).toEqual([expect.stringContaining('begins'), 'make'])
    expect((await store.audit.verify()).fault).toBeUndefined()
  })

  test('an event that the audit could not take in is not stored either', () => {
    const log = newLog()
    const broken = {
      at: 1,
      kind: 'call',
      who: { type: 'person', name: 'w' },
      what: { text: 'make' },
      toJSON: () => {
        throw new Error('no')
      },
    } as AuditDraft
    const event = { seq: log.state.seq + 1, at: 1, event: ran('make', 'c1') }
    expect(() => store.append('s1', [event], log.state, [broken])).toThrow(/no/)
    expect(store.after('s1', log.state.seq, 10)).toEqual([])
    expect(all()).toHaveLength(1)
  })

  test('what a deleted session did stays', async () => {
    const log = newLog()
    log.append(ran('make', 'c1'))
    const gone: AuditDraft = {
      at: 1,
      session: 's1',
      kind: 'sessionDeleted',
      who: { type: 'person', name: 'w' },
      what: { text: 'x' },
    }
    store.delete('s1', gone)
    expect(store.load('s1')).toBeUndefined()
    expect(all({ session: 's1' }).map(({ kind }) => kind)).toEqual(['call', 'sessionDeleted'])
    expect((await store.audit.verify()).fault).toBeUndefined()
  })

  test('no statement of ours or anybody’s changes or removes an entry', () => {
    store.close()
    const database = new DatabaseSync(file)
    expect(() => database.exec('DELETE FROM audit')).toThrow(/append-only/)
    expect(() => database.exec("UPDATE audit SET body = '{}'")).toThrow(/append-only/)
    database.close()
    store = sqliteStore(file)
  })

  test('a database of before gets one, and says that it begins there', async () => {
    newLog().append(ended)
    store.close()
    const database = new DatabaseSync(file)
    database.exec('DROP TABLE audit; PRAGMA user_version = 1')
    database.close()
    unlinkSync(`${file}-audit`)
    store = sqliteStore(file)
    expect(store.load('s1')?.title).toBe('s1')
    expect(all()).toMatchObject([
      { seq: 1, kind: 'begun', what: { text: 'The record begins; 1 sessions were there before it.' } },
    ])
    expect((await store.audit.verify()).fault).toBeUndefined()
  })

  test.each<SessionEvent>([
    { type: 'sessionRenamed', title: 'other' },
    { type: 'modeChanged', mode: 'auto', by: 'w' },
    { type: 'taskSubmitted', task: 't2', prompt: 'more' },
    { type: 'approvalAnswered', approval: 'a1', task: 't1', outcome: { type: 'allowOnce' }, by: 'w' },
    { type: 'taskCancelled', task: 't1', by: 'w' },
    ended,
  ])(
    'what people said and how tasks ended is on the disk, and its end noted, as soon as it is told: $type',
    (event) => {
      const log = newLog()
      log.append(ran('make', 'c1'))
      const noted = () => new HeadNote(`${file}-audit`).read()?.seq
      expect(noted()).toBe(1)
      log.append(event)
      expect(noted()).toBe(all().at(-1)?.seq)
    },
  )

  test('the note of its end is the user’s alone', () => {
    expect(statSync(`${file}-audit`).mode & 0o777).toBe(0o600)
  })
})

describe('tampering while no daemon runs', () => {
  beforeEach(() => {
    const log = newLog()
    for (let i = 2; i <= 9; i++) log.append(ran(`make ${i}`, `c${i}`))
    log.append(ended)
  })

  test.each<[string, string[], { type: string; seq: number }]>([
    [
      'edited',
      ["UPDATE audit SET body = replace(body, 'make 5', 'make it') WHERE seq = 5"],
      { type: 'altered', seq: 5 },
    ],
    ['given to another session', ["UPDATE audit SET session = 's2' WHERE seq = 5"], { type: 'altered', seq: 5 }],
    ['removed', ['DELETE FROM audit WHERE seq = 5'], { type: 'missing', seq: 5 }],
    [
      'removed, and the rest moved up',
      ['DELETE FROM audit WHERE seq = 5', 'UPDATE audit SET seq = seq - 1 WHERE seq > 5'],
      { type: 'altered', seq: 5 },
    ],
    [
      'exchanged',
      [
        'UPDATE audit SET seq = 100 WHERE seq = 4',
        'UPDATE audit SET seq = 4 WHERE seq = 6',
        'UPDATE audit SET seq = 6 WHERE seq = 100',
      ],
      { type: 'altered', seq: 4 },
    ],
    ['cut off', ['DELETE FROM audit WHERE seq > 6'], { type: 'truncated', seq: 7 }],
    ['all gone', ['DELETE FROM audit WHERE seq > 1'], { type: 'truncated', seq: 2 }],
  ])('an entry that was %s is named', async (_, statements, fault) => {
    tamper(...statements)
    expect((await store.audit.verify()).fault).toMatchObject(fault)
  })

  test('an end that was cut off is found for good, also after more was written', async () => {
    tamper('DELETE FROM audit WHERE seq > 6')
    new SessionLog(store, 's1', store.load('s1')).append(ran('later', 'c20'), ended)
    reopen()
    reopen()
    expect(all({ kind: 'broken' })).toMatchObject([{ seq: 7, evidence: { noted: { seq: 9 }, found: { seq: 6 } } }])
    expect((await store.audit.verify()).fault).toMatchObject({ type: 'truncated', seq: 7 })
  })

  test.each<[string, () => void]>([
    ['removed', () => unlinkSync(`${file}-audit`)],
    ['overwritten', () => writeFileSync(`${file}-audit`, 'nonsense')],
  ])('a note of the end that was %s is told', async (_, spoil) => {
    store.close()
    spoil()
    store = sqliteStore(file)
    expect((await store.audit.verify()).fault).toMatchObject({ type: 'truncated', seq: 10 })
  })

  test('another record of as many entries in its place is found', async () => {
    const other = join(folder, 'other.db')
    const theirs = sqliteStore(other)
    const log = new SessionLog(theirs, 's1')
    log.append(
      { type: 'sessionCreated', folder: '/w', title: 's1' },
      { type: 'taskSubmitted', task: 't1', prompt: 'go' },
    )
    for (let i = 2; i <= 9; i++) log.append(ran(`true ${i}`, `c${i}`))
    theirs.close()
    store.close()
    copyFileSync(other, file)
    store = sqliteStore(file)
    expect(all({ kind: 'broken' })).toMatchObject([{ evidence: { noted: { seq: 9 }, found: { seq: 9 } } }])
    expect((await store.audit.verify()).fault).toBeDefined()
  })

  test('a whole database of yesterday in place of today’s is found', async () => {
    store.close()
    copyFileSync(file, join(folder, 'yesterday.db'))
    store = sqliteStore(file)
    new SessionLog(store, 's1', store.load('s1')).append(ran('today', 'c20'), ended)
    store.close()
    copyFileSync(join(folder, 'yesterday.db'), file)
    store = sqliteStore(file)
    expect((await store.audit.verify()).fault).toMatchObject({ type: 'truncated', seq: 10 })
  })
})

describe('pages of the audit', () => {
  const many = 620
  beforeEach(() => {
    const [a, b] = [newLog('s1'), newLog('s2')]
    for (let i = 0; i < many; i++) (i % 10 === 0 ? b : a).append(ran(`make ${i}`, `c${i}`))
  })

  test('join without gap or overlap, in both directions', () => {
    for (const session of [undefined, 's1', 's2']) {
      const filter = session === undefined ? {} : { session }
      const forward: number[] = []
      for (let after: number | undefined = 0; after !== undefined; ) {
        const page = store.audit.list({ filter, from: { after }, limit: 70 })
        forward.push(...page.entries.map(({ seq }) => seq))
        after = page.next
      }
      const backward: number[] = []
      for (let before: number | undefined = many + 2; before !== undefined; ) {
        const page = store.audit.list({ filter, from: { before }, limit: 70 })
        backward.push(...page.entries.map(({ seq }) => seq))
        before = page.next
      }
      expect(backward.toReversed()).toEqual(forward)
      expect(forward).toHaveLength(session === undefined ? many + 1 : session === 's2' ? many / 10 : (many * 9) / 10)
    }
  })

  test('a page that finds little ends after a bounded look and says where to go on', () => {
    for (let i = 0; i < 2_000; i++)
      store.audit.record({ at: 1, kind: 'mode', who: { type: 'policy', name: 'p' }, what: { text: 'x' } })
    const page = store.audit.list({ filter: { program: 'none' }, from: {}, limit: 100 })
    expect(page.entries).toEqual([])
    expect(page.next).toBeGreaterThan(1)
    expect(
      store.audit.list({ filter: { program: 'none' }, from: { before: page.next as number }, limit: 100 }),
    ).toEqual({ entries: [] })
  })

  test('one session’s are found by an index', () => {
    store.close()
    const database = new DatabaseSync(file)
    const plan = database
      .prepare("EXPLAIN QUERY PLAN SELECT * FROM audit WHERE session = 's2' AND seq < 500 ORDER BY seq DESC LIMIT 10")
      .all()
    database.close()
    expect(JSON.stringify(plan)).toMatch(/USING INDEX audit_by_session/)
    store = sqliteStore(file)
  })
})

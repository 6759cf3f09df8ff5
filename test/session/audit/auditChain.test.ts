import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { AuditChain, auditSchema } from '../../../daemon/session/audit/auditChain.ts'
import type { AuditDraft } from '../../../daemon/session/audit/auditDraft.ts'

test('an end that is cut off under the daemon that runs is found: it knows how far the record came', async () => {
  const database = new DatabaseSync(':memory:')
  database.exec(auditSchema)
  const chain = new AuditChain((sql) => database.prepare(sql), undefined)
  const drafts = ['one', 'two', 'three'].map(
    (text): AuditDraft => ({ at: 1, kind: 'call', who: { type: 'policy', name: 'p' }, what: { text } }),
  )
  chain.advance(chain.add(drafts), true)
  expect(await chain.verify()).toMatchObject({ entries: 3 })
  expect((await chain.verify()).fault).toBeUndefined()
  database.exec('DROP TRIGGER audit_stays; DELETE FROM audit WHERE seq > 2')
  expect((await chain.verify()).fault).toMatchObject({ type: 'truncated', seq: 3 })
  database.close()
})

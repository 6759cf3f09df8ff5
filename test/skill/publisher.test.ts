import { expect, it, vi } from 'vitest'
import type { PublishDiagnosticsParams } from 'vscode-languageserver'
import { Publisher } from '../../daemon/skill/publisher.ts'
import { SkillService } from '../../daemon/skill/service.ts'
import { home } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

const uri = 'file:///repo/.claude/skills/forms/SKILL.md'

it('a bug in a rule is reported, takes back what was said, and the next look says it again', () => {
  const service = new SkillService({ workspace: new MemoryWorkspace(), home })
  const sent: PublishDiagnosticsParams[] = []
  const reported: unknown[] = []
  const show = (version: number) => service.show({ uri, languageId: 'skill', version, text: '---\nname: Wrong\n---\n' })
  let document = show(1)
  const publisher = new Publisher({
    service,
    documentAt: () => document,
    tellingOf: () => ({ complement: false }),
    send: (params) => sent.push(params),
    report: (error) => reported.push(error),
  })
  publisher.all()
  const said = sent[0]?.diagnostics
  expect(said).not.toEqual([])
  const bug = new Error('a rule is broken')
  vi.spyOn(service, 'findings').mockImplementationOnce(() => {
    throw bug
  })
  document = show(2)
  publisher.all()
  expect(sent.at(-1)).toEqual({ uri, version: 2, diagnostics: [] })
  expect(reported).toEqual([bug])
  document = show(3)
  publisher.all()
  expect(sent.at(-1)).toEqual({ uri, version: 3, diagnostics: said })
  publisher.dispose()
})

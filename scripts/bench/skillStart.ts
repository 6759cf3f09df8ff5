import { readFileSync } from 'node:fs'
import { uriOf } from '../../daemon/skill/document/location.ts'
import { SkillService } from '../../daemon/skill/service.ts'
import { thisMachine } from '../../daemon/skill/thisMachine.ts'
import { keepFootprintSmall } from '../../daemon/smallFootprint.ts'
import { memoryOf } from './processMemory.ts'

// Bundled and started by skillFigures.ts as a process of its own: opens a catalogue and one skill of it as a fresh daemon does, and prints
// how long it took until the index was there, the skill was first checked beside all others, and all files had been looked at.
keepFootprintSmall()
const [folder = '', kept = '', skill = ''] = process.argv.slice(2)
const service = new SkillService({ ...thisMachine(kept), home: undefined })
const text = readFileSync(skill, 'utf8')
const started = performance.now()
const { promise: answered, resolve } = Promise.withResolvers<{ known: number; checked: number }>()
service.index.onChange(() => {
  const known = performance.now() - started
  service.findings(service.show({ uri: uriOf(skill), languageId: 'skill', version: 1, text }))
  service.catchUp()
  resolve({ known, checked: performance.now() - started })
})
await service.begin([{ path: folder, type: 'folder' }], new AbortController().signal)
const looked = performance.now() - started
const { known, checked } = await answered
globalThis.gc?.()
console.log(JSON.stringify({ known, checked, looked, memory: memoryOf(process.pid), files: service.index.size }))

import { SkillService } from '../../daemon/skill/service.ts'
import { thisMachine } from '../../daemon/skill/thisMachine.ts'
import { memoryOf } from './processMemory.ts'

// Started by skillFigures.ts as a process of its own: opens a catalogue as a fresh daemon does, and prints what that took.
const [folder = '', kept = ''] = process.argv.slice(2)
const started = performance.now()
const service = new SkillService({ ...thisMachine(kept), home: undefined })
const { promise: known, resolve } = Promise.withResolvers<number>()
service.index.onChange(() => resolve(performance.now() - started))
await service.begin([{ path: folder, type: 'folder' }], new AbortController().signal)
const looked = performance.now() - started
globalThis.gc?.()
console.log(JSON.stringify({ answers: await known, looked, memory: memoryOf(process.pid), files: service.index.size }))

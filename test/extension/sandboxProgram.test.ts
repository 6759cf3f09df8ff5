import { expect, test } from 'vitest'
import type { ProcessEnd } from '#protocol/process.ts'
import { SandboxProgram } from '../../extension/sandboxProgram.ts'
import { fakeDaemon } from './fakeDaemon.ts'

const size = { columns: 80, rows: 24 }
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

async function setUp() {
  const start = Promise.withResolvers<{ process: string }>()
  const daemon = fakeDaemon({
    'process/start': () => start.promise,
    'process/write': () => ({}),
    'process/resize': () => ({}),
    'process/kill': () => ({}),
    'process/acknowledge': () => ({}),
  })
  await daemon.connection.use()
  const program = new SandboxProgram(daemon.connection)
  const said: string[] = []
  const ends: ProcessEnd[] = []
  program.output.on((text) => said.push(text))
  program.ended.on((end) => ends.push(end))
  const started = program.start('s1', { terminal: size })
  const says = (data: string | Buffer, process = 'p1') =>
    daemon.notify('process/output', { process, stream: 'stdout', data: base64(data) })
  const run = async () => {
    await daemon.settle()
    start.resolve({ process: 'p1' })
    await started
    await daemon.settle()
    return daemon.asked().map((line) => line.replace('{"process":"p1"', '{…'))
  }
  return { daemon, program, said, ends, says, run, started, start }
}

test('output is acknowledged once it was handed on, also what came before the answer', async () => {
  const { daemon, said, says, run } = await setUp()
  await daemon.settle()
  says('early ')
  says('of another', 'p2')
  await run()
  says('late')
  await daemon.settle()
  expect(said.join('')).toBe('early late')
  expect(daemon.asked().at(-1)).toBe('process/acknowledge {"process":"p1","bytes":4}')
})

test('all that a program said was kept while another one was being started', async () => {
  const { daemon, program, said, start, started, says } = await setUp()
  await daemon.settle()
  says('hello', 'p1')
  // Five times what a program may say before it is heard: whose it is, somebody hears it.
  for (let i = 0; i < 80; i++) says(Buffer.alloc(1 << 16, 'y'), 'p2')
  start.resolve({ process: 'p2' })
  await started
  expect(said).toEqual([])
  says('later', 'p2')
  expect(said).toEqual(['later'])
  program.dispose()
})

test('a character that is cut in two pieces arrives whole', async () => {
  const { said, says, run } = await setUp()
  await run()
  const bytes = Buffer.from('a€b')
  says(bytes.subarray(0, 2))
  says(bytes.subarray(2))
  expect(said.join('')).toBe('a€b')
})

test('keys and sizes that come before it runs are not lost, and keys stay in order', async () => {
  const { daemon, program, run } = await setUp()
  program.resize({ columns: 100, rows: 30 })
  program.write('a')
  const before = await run()
  expect(before).toContain('process/resize {…,"columns":100,"rows":30}')
  program.write('b')
  await daemon.settle()
  const written = [...before.map((line) => line.replace('{…', '{"process":"p1"')), ...daemon.asked()].filter((line) =>
    line.startsWith('process/write'),
  )
  expect(written.map((line) => Buffer.from(JSON.parse(line.slice(14)).data, 'base64').toString())).toEqual(['a', 'b'])
})

test('its end is told once, after its output', async () => {
  const { daemon, ends, said, says, run } = await setUp()
  await run()
  says('bye')
  daemon.notify('process/ended', { process: 'p1', end: { type: 'exited', code: 3 } })
  daemon.cut()
  await daemon.settle()
  expect([said, ends]).toEqual([['bye'], [{ type: 'exited', code: 3 }]])
})

test('with the connection it is lost, and says so', async () => {
  const { daemon, ends, run } = await setUp()
  await run()
  daemon.cut()
  await daemon.settle()
  expect(ends).toMatchObject([{ type: 'lost' }])
})

test('a terminal that is closed while it starts leaves no program behind', async () => {
  const { daemon, program, start, started } = await setUp()
  program.dispose()
  start.resolve({ process: 'p1' })
  await started
  await daemon.settle()
  expect(daemon.asked().at(-1)).toBe('process/kill {"process":"p1"}')
})

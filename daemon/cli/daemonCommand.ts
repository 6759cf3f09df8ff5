import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { NoDaemon } from '#client/daemonError.ts'
import { dataFolder } from '#client/dataFolder.ts'
import { connectCli } from './daemon.ts'
import { exitCodes } from './exitCodes.ts'
import { UsageError } from './usage.ts'

/** `paddock daemon status | stop | logs`. */
export async function daemonCommand(args: string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, 'when-idle': { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [verb] = positionals
  if (verb === 'status') return status(values.json === true)
  if (verb === 'stop') return stop(values['when-idle'] === true)
  if (verb === 'logs') return logs()
  throw new UsageError('Say "paddock daemon status", "stop" or "logs".')
}

async function status(json: boolean): Promise<number> {
  const client = await findDaemon()
  if (!client) {
    process.stdout.write(json ? '{"running":false}\n' : 'No daemon is running.\n')
    return exitCodes.failed
  }
  const found = await client.request('daemon/status', {})
  client.close()
  if (json) {
    process.stdout.write(`${JSON.stringify({ running: true, ...found })}\n`)
    return exitCodes.ok
  }
  const since = new Date(found.startedAt).toLocaleString()
  const megabytes = Math.round(found.memoryBytes / 1024 / 1024)
  process.stdout.write(
    [
      `Running: pid ${found.pid}, build ${found.build}, since ${since}, ${megabytes} MB`,
      `Connections ${found.connections}, sessions ${found.sessions}, running tasks ${found.runningTasks}, open sandboxes ${found.openSandboxes}`,
      `Data ${found.dataFolder}`,
      `Log  ${found.logFile}`,
      '',
    ].join('\n'),
  )
  return exitCodes.ok
}

async function stop(whenIdle: boolean): Promise<number> {
  const client = await findDaemon()
  if (!client) {
    process.stdout.write('No daemon is running.\n')
    return exitCodes.ok
  }
  const { pending } = await client.request('daemon/shutdown', { whenIdle })
  if (pending) {
    client.close()
    process.stdout.write('It will stop when no task runs.\n')
    return exitCodes.ok
  }
  await client.closed
  process.stdout.write('Stopped.\n')
  return exitCodes.ok
}

async function logs(): Promise<number> {
  const file = join(dataFolder(), 'daemon.log')
  try {
    await pipeline(createReadStream(file), process.stdout, { end: false })
    return exitCodes.ok
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    process.stderr.write(`There is no log yet (${file}).\n`)
    return exitCodes.failed
  }
}

async function findDaemon() {
  try {
    return await connectCli(false)
  } catch (error) {
    if (error instanceof NoDaemon) return undefined
    throw error
  }
}

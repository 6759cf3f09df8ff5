import { existsSync, readFileSync } from 'node:fs'
import { connect } from '#client/connect.ts'
import { endpointFile } from '#client/dataFolder.ts'

/** Ends the daemon of this data folder, where one runs, and waits until it is gone. */
export async function stopDaemon(dataFolder: string): Promise<void> {
  if (!existsSync(endpointFile(dataFolder))) return
  const { pid } = JSON.parse(readFileSync(endpointFile(dataFolder), 'utf8')) as { pid: number }
  const client = await connect({ client: { name: 'test', version: '0' }, build: 'test', dataFolder }).catch(() => null)
  if (!client) return
  await client.request('daemon/shutdown', { whenIdle: false })
  await client.closed
  await gone(pid)
}

/** There is no event for the end of somebody else's child. */
async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000
  while (runs(pid)) {
    if (Date.now() > deadline) throw new Error(`The daemon ${pid} does not go.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** One that ended but that nobody has collected yet, as in a container without an init, has no command line. */
function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

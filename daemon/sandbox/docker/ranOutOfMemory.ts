import type { Engine } from './engine.ts'

const keptBytes = 1 << 20

/** Whether the engine saw that a container came to its limit. It tells of what was lately; one it knows nothing of did not. */
export async function ranOutOfMemory(engine: Engine, id: string): Promise<boolean> {
  try {
    const until = Date.now() / 1000
    const stream = await engine.getEvents({ since: 1, until, filters: { container: [id], event: ['oom'] } })
    let said = ''
    for await (const bytes of stream) said = (said + String(bytes)).slice(-keptBytes)
    return said.includes('"oom"')
  } catch {
    return false
  }
}

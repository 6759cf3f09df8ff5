import type { Readable } from 'node:stream'
import type { ProcessCommand, Sandbox, SandboxProcess } from '../../../daemon/sandbox/sandbox.ts'

/** Starts a program that must start. */
export async function started(sandbox: Sandbox, command: ProcessCommand): Promise<SandboxProcess> {
  const process = await sandbox.start(command)
  if (process.type === 'failedToStart') throw new Error(process.why)
  return process
}

/** All that comes until the stream ends. */
export async function whole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Reads on until what came since the last call matches, and returns that. */
export function awaiter(stream: Readable): (expected: RegExp) => Promise<string> {
  let seen = ''
  let onMore = () => {}
  stream.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    onMore()
  })
  stream.once('close', () => onMore()).once('end', () => onMore())
  return async (expected) => {
    for (;;) {
      const match = seen.match(expected)
      if (match) {
        const end = match.index! + match[0].length
        const part = seen.slice(0, end)
        seen = seen.slice(end)
        return part
      }
      if (stream.readableEnded || stream.destroyed) throw new Error(`It ended before ${expected}: ${seen}`)
      await new Promise<void>((resolve) => {
        onMore = resolve
      })
    }
  }
}

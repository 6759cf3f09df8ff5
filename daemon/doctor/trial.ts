import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processName } from '../sandbox/processName.ts'
import type { Outgoing, Sandbox } from '../sandbox/sandbox.ts'
import type { Patient } from './check.ts'

/** A sandbox of the usual kind over a folder of its own, with a way out that leads to one server of this machine. */
export interface Trial {
  readonly sandbox: Sandbox
  readonly workspace: string
  readonly upper: string
  /** A file of this machine that nothing inside may see. */
  readonly hidden: string
  /** On 127.0.0.1, and answers everything with `answer`. */
  readonly port: number
  readonly answer: string
  /** Connections that were caught on their way to `capturedHost`. */
  readonly captured: readonly Outgoing[]
  /** What a program inside wrote and how it ended. */
  run(program: readonly string[]): Promise<{ code: number | undefined; out: string }>
  close(): Promise<void>
}

/** Resolves inside, and leads to the doctor itself. */
export const capturedHost = 'doctor.paddock.test'
export const limitsTried = { memoryMiB: 128, processes: 256 }

/** Rejects with what stood in the way. */
export async function openTrial({ dataFolder, scratch, kinds, usualKind, wayOut, probe }: Patient): Promise<Trial> {
  const status = await probe()
  const provider = kinds.get(usualKind)
  if (status.type === 'unavailable' || !provider) throw new Error('No sandbox opens here.')
  const made = await mkdtemp(join(tmpdir(), `paddock-probe-${processName(process.pid)}-`))
  const answer = `doctor-${crypto.randomUUID()}`
  const server = await listening(createServer((_, response) => response.end(answer)))
  const { port } = server.address() as AddressInfo
  const way = wayOut({ undecided: 'deny', rules: [{ verdict: 'allow', host: '127.0.0.1', ports: [port] }] })
  const undo = async () => {
    way.close()
    server.closeAllConnections()
    server.close()
    await rm(made, { recursive: true, force: true })
  }
  try {
    const workspace = await realpath(made)
    const [upper, work, home, store, hidden] = ['upper', 'work', 'home', 'store', 'hidden'].map((name) =>
      join(scratch, name),
    ) as [string, string, string, string, string]
    for (const folder of [upper, work]) await mkdir(folder)
    await writeFile(hidden, dataFolder)
    const captured: Outgoing[] = []
    const sandbox = await provider.open({
      layer: { type: 'overlay', lower: workspace, upper, work },
      ...{ home, store, limits: limitsTried },
      network: {
        connection(outgoing, stream) {
          if (outgoing.type === 'proxy') return way.connection(outgoing, stream)
          captured.push(outgoing)
          stream.on('error', () => {})
          stream.resume().end(answer)
        },
        resolves: (name) => name.replace(/\.$/, '') === capturedHost,
      },
    })
    return {
      ...{ sandbox, workspace, upper, hidden, port, answer, captured },
      async run(program) {
        const { end, stdout } = await sandbox.exec({ line: program, timeoutMs: 20_000 })
        const out = Buffer.from(stdout.head).toString()
        return { code: end.type === 'exited' ? end.code : undefined, out }
      },
      async close() {
        await sandbox.close()
        await undo()
      },
    }
  } catch (error) {
    await undo()
    throw error
  }
}

function listening(server: Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

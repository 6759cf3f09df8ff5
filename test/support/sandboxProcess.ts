// A daemon in small: probes, opens a sandbox, says so as one line of JSON, and lives until it is killed or its input ends.
// Its way out leads to the words `led out`, and to nothing else.
// HIDDEN LOWER UPPER WORK HOME LINE…    Each LINE is run. The kind is gVisor's where KIND is `gvisor`; LIMITS are its, as JSON. Where SUSPENDED
// is set it is, and saved, when the lines were run.
import type { SandboxStatus } from '#protocol/sandbox.ts'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { directProvider } from '../../daemon/sandbox/gvisor/directProvider.ts'
import type { LimitsInForce, NetworkPort, Resumed } from '../../daemon/sandbox/sandbox.ts'

/** The one line that it says. */
export interface Said {
  readonly status: SandboxStatus
  readonly said: readonly string[]
  /** How the limits were held. */
  readonly limits?: LimitsInForce
  readonly resumed?: Resumed
}

const [hidden = '', lower = '', upper = '', work = '', home = '', ...lines] = process.argv.slice(2)
const provider = (process.env['KIND'] === 'gvisor' ? directProvider : bubblewrapProvider)({ hide: [hidden] })
const status = await provider.probe()
const said: string[] = []
let inForce: LimitsInForce | undefined
let resumed: Resumed | undefined
if (status.type === 'ready') {
  const network: NetworkPort = { connection: (_, stream) => stream.resume().end('led out\n'), resolves: () => true }
  const layer = { type: 'overlay', lower, upper, work } as const
  const limits = JSON.parse(process.env['LIMITS'] ?? '{}')
  const sandbox = await provider.open({ layer, home, store: `${home}-kind`, network, limits })
  inForce = sandbox.limits
  for (const line of lines) {
    const { end, stdout, stderr } = await sandbox.exec({ line })
    const streams = [stdout.head, stderr.head].map((bytes) => Buffer.from(bytes).toString())
    said.push(`${JSON.stringify(end)} ${streams.join('')}`)
  }
  if (process.env['SUSPENDED']) {
    await sandbox.freeze?.()
    await sandbox.saveMemory?.()
  }
  resumed = sandbox.resumed
  process.stdin.on('end', () => void sandbox.close())
}
console.log(
  JSON.stringify({
    status,
    said,
    ...(inForce ? { limits: inForce } : {}),
    ...(resumed ? { resumed } : {}),
  } satisfies Said),
)
process.stdin.resume()

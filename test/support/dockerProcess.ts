// A daemon in small: opens a container, says what lines of shell print in it, and lives until it is killed.
// SOCKET HIDDEN LOWER UPPER WORK HOME STORE OWNER IMAGE LINE…    gVisor runs it where KIND is `gvisor`.
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { runtimeName } from '../../daemon/sandbox/gvisor/gvisorProvider.ts'

const [socketPath = '', hidden = '', lower = '', upper = '', work = '', home = '', store = '', ...rest] =
  process.argv.slice(2)
const [owner = '', image = '', ...lines] = rest
const provider = dockerProvider(
  new DockerHost({ hide: [hidden], socketPath, owner }),
  process.env['KIND'] === 'gvisor' ? { name: runtimeName, kind: 'gvisor' } : undefined,
)
/** What each line printed and how it ended; the fix, where none could be opened. */
export type Said = readonly string[]

const said: string[] = []
try {
  const sandbox = await provider.open({ layer: { type: 'overlay', lower, upper, work }, home, store, image })
  for (const line of lines) {
    const { end, stdout, stderr } = await sandbox.exec({ line })
    const streams = [stdout.head, stderr.head].map((bytes) => Buffer.from(bytes).toString())
    said.push(`${JSON.stringify(end)} ${streams.join('')}`)
  }
  process.stdin.on('end', () => void sandbox.close())
} catch (error) {
  said.push(String((error as { data?: { fix?: string } }).data?.fix ?? error))
}
console.log(JSON.stringify(said satisfies Said))
process.stdin.resume()

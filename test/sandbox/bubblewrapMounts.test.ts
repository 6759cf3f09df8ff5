import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { mountCallNumbers } from '../../daemon/sandbox/bubblewrap/seccompFilter.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { childrenOf } from '../support/childrenOf.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

const { errno } = constants
let folders: SandboxFolders
let sandbox: Sandbox
/** Another file system in a folder that is shown read-only, where somebody may mount one. */
let below: string | undefined

beforeAll(async () => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  const place = join(folders.userHome, '.nvm', 'below')
  mkdirSync(place, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'paddock-test', place], { stdio: 'ignore' })
    below = place
  } catch {
    // An ordinary user.
  }
  sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
})

afterAll(async () => {
  await sandbox.close()
  if (below) execFileSync('umount', [below])
  vi.unstubAllEnvs()
  folders.remove()
})

/** The exec server, as the machine numbers it. */
function serverProcess(): number {
  const holder = childrenOf(process.pid).find((pid) => {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folders.workspace)
  })
  return childrenOf(holder!)[0]!
}

/**
 * Becomes root of the user namespace that the sandbox's mounts belong to, which nothing inside can, and says of each mount
 * what became of taking it away and of making it writable: errors by number, 0 where it was done.
 */
const takesAll = `
  my ($setns, $umount2, $server) = map { $_ + 0 } @ARGV;
  open my $list, '<', "/proc/$server/mountinfo" or die "list: $!";
  my @places = map { (split / /)[4] } <$list>;
  open my $mounts, '<', "/proc/$server/ns/mnt" or die "mounts: $!";
  my $owner = ioctl $mounts, 0xb701, 0 or die "owner: $!";
  syscall($setns, $owner, 0x10000000) == 0 or die "user namespace: $!";
  syscall($setns, fileno $mounts, 0x20000) == 0 or die "mount namespace: $!";
  for my $place (reverse @places) {
    my $writable = pack 'Q4', 0, 1, 0, 0;
    my $path = $place;
    my $loosened = syscall(442, -100, $path, 0, $writable, length $writable) == 0 ? 0 : $! + 0;
    print "$place $loosened ";
    print syscall($umount2, $path, 2) == 0 ? 0 : $! + 0, "\\n";
  }`

test('what is mounted below a folder that is shown read-only is read-only as well', async ({ skip }) => {
  if (!below) return skip('an ordinary user cannot mount')
  const { stderr } = await sandbox.exec({ line: 'touch ~/.nvm/below/x' })
  expect(Buffer.from(stderr.head).toString()).toMatch(/Read-only/)
})

test('no mount of the view can be taken away or made writable, not even by root of bubblewrap’s own user namespace', () => {
  const [, setns, , umount2] = mountCallNumbers()
  const numbers = [setns, umount2, serverProcess()].map(String)
  const said = execFileSync('perl', ['-we', takesAll, ...numbers], { encoding: 'utf8' }).trim()
  const fates = said.split('\n').map((line) => line.split(' ') as [place: string, loosened: string, taken: string])
  const ofBubblewrap = fates.filter(([place], i) => i === 0 || /^\/(dev|proc)(\/|$)/.test(place))
  const ofView = fates.filter((fate) => !ofBubblewrap.includes(fate))

  // That it can do what it tries: nothing holds the mounts that bubblewrap made itself but that nobody inside is its root.
  expect(ofBubblewrap.length).toBeGreaterThan(10)
  for (const [, ...done] of ofBubblewrap) expect(done).toEqual(['0', '0'])

  expect(ofView.map(([place]) => place)).toEqual(expect.arrayContaining(['/', '/etc', '/usr', folders.userHome]))
  expect(ofView.filter(([, , taken]) => taken !== `${errno.EINVAL}`)).toEqual([])
  const written = ofView.filter(([, loosened]) => loosened !== `${errno.EPERM}`).map(([place]) => place)
  const home = [folders.userHome, join(folders.userHome, 'projects')]
  expect(written.sort()).toEqual(['/run', '/tmp', '/var/tmp', ...home].sort())
})

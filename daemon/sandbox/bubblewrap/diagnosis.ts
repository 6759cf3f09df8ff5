import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { constants } from 'node:os'
import { StartFailure } from '../execServer/transport.ts'

/** What is wrong and the one thing to do about it. */
export interface Diagnosis {
  readonly why: string
  readonly fix: string
}

const { errno } = constants

/** One command that installs Debian's package of that name, or its like. */
export function installFix(packages: {
  apt: string
  dnf: string
  pacman: string
  zypper: string
  apk: string
}): string {
  const commands = [
    ['/usr/bin/apt-get', `sudo apt-get install -y ${packages.apt}`],
    ['/usr/bin/dnf', `sudo dnf install -y ${packages.dnf}`],
    ['/usr/bin/pacman', `sudo pacman -S --noconfirm ${packages.pacman}`],
    ['/usr/bin/zypper', `sudo zypper install -y ${packages.zypper}`],
    ['/sbin/apk', `sudo apk add ${packages.apk}`],
  ] as const
  const found = commands.find(([tool]) => existsSync(tool))
  return found ? `Run: ${found[1]}` : `Install ${packages.apt} with your system's package tool.`
}

/** Reads from what a start said, and from the machine, why no sandbox came up. `upper` is where the layer lies. */
export function diagnose(error: unknown, upper: string): Diagnosis {
  if (!(error instanceof StartFailure)) return unknownTrouble(String(error))
  const { stderr } = error
  const [, stage = '', number = '0', words = ''] = stderr.match(/^compose (\w+) (\d+) (.*)$/m) ?? []
  if (stage) return atStage(stage, Number(number), words, upper)
  if (/^unshare:|uid.map|user namespace|new namespace|No permissions to create/im.test(stderr))
    return namespacesRefused()
  if (/POSIX\.pm|Fcntl\.pm|Can't locate/.test(stderr)) {
    return { why: 'The Perl of this machine lacks its basic modules.', fix: installFix(perlPackages) }
  }
  return unknownTrouble(stderr.trim() || error.message)
}

export const perlPackages = {
  apt: 'perl-base',
  dnf: 'perl-interpreter perl-POSIX perl-Fcntl perl-Errno',
  pacman: 'perl',
  zypper: 'perl-base',
  apk: 'perl',
}

function atStage(stage: string, number: number, words: string, upper: string): Diagnosis {
  if (number === errno.ENOSYS) {
    return { why: 'This Linux kernel is too old for unprivileged layers.', fix: 'Update to Linux 5.12 or newer.' }
  }
  if (stage === 'overlay' && number === errno.EINVAL) {
    const kind = fileSystem(upper)
    return {
      why: `The layer's folder ${upper} lies on a file system (${kind}) that cannot hold layers, or there are mounts inside the workspace.`,
      fix: 'Set PADDOCK_HOME to a folder on ext4, xfs or btrfs.',
    }
  }
  if (stage === 'overlay' && number === errno.ENODEV) {
    return { why: 'The kernel has no overlay file system.', fix: 'Run: sudo modprobe overlay' }
  }
  if (number === errno.EPERM || (number === errno.EACCES && stage !== 'layer')) return namespacesRefused()
  if (stage === 'blocked') {
    const fix = 'Delete what is in the way in that home folder.'
    return {
      why: `In the home folder of this workspace's sandbox, something else than folders leads to ${words}.`,
      fix,
    }
  }
  return unknownTrouble(words)
}

/** The ways in which systems refuse unprivileged user namespaces, each with its switch. */
function namespacesRefused(): Diagnosis {
  const why = 'This machine does not let ordinary users make sandboxes (unprivileged user namespaces).'
  const setting = (name: string, value: string) => {
    return `Run: echo '${name}=${value}' | sudo tee /etc/sysctl.d/60-paddock.conf && sudo sysctl -p /etc/sysctl.d/60-paddock.conf`
  }
  if (kernelSetting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return { why: `${why} AppArmor refuses them.`, fix: setting('kernel.apparmor_restrict_unprivileged_userns', '0') }
  }
  if (kernelSetting('kernel/unprivileged_userns_clone') === '0') {
    return { why, fix: setting('kernel.unprivileged_userns_clone', '1') }
  }
  if (kernelSetting('user/max_user_namespaces') === '0') {
    return { why, fix: setting('user.max_user_namespaces', '15000') }
  }
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv')) {
    const fix =
      'Start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN.'
    return { why: `${why} It is a container that forbids it.`, fix }
  }
  return { why, fix: 'Ask who runs this machine to allow unprivileged user namespaces.' }
}

function kernelSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim()
  } catch {
    return undefined
  }
}

const fileSystems: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x6969, 'NFS'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0xf15f, 'eCryptfs'],
  [0x2fc12fc1, 'ZFS'],
  [0x5346544e, 'NTFS'],
  [0x4d44, 'FAT'],
])

function fileSystem(path: string): string {
  const { type } = statfsSync(path)
  return fileSystems.get(type) ?? `type 0x${type.toString(16)}`
}

function unknownTrouble(words: string): Diagnosis {
  return { why: `The sandbox did not start: ${words.slice(-1_000)}`, fix: 'See the daemon log for more.' }
}

import type { Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { shown } from '../shell/word.ts'
import { acts, all, look, run, texts } from './options.ts'

const machine = 'It changes the machine itself.'

/** Programs that are about the machine. */
export const system: Record<string, Knowledge> = {
  ...all('shutdown reboot halt poweroff init telinit', acts('stops-machine', 'It stops or restarts the machine.')),
  systemctl: {
    effect: 'run',
    options: texts('-t --type -p --property -n --lines'),
    subcommands: {
      ...all('status list-units list-unit-files is-active is-enabled show cat list-timers', look()),
      ...all(
        'poweroff reboot halt suspend hibernate kexec',
        acts('stops-machine', 'It stops or restarts the machine.'),
      ),
    },
    otherwise: acts('reaches-machine', machine),
  },
  ...all('service launchctl rc-service initctl', acts('reaches-machine', machine)),
  journalctl: look(undefined, texts('-u -n -S -U -p -o -g')),
  dmesg: look(),
  ...all(
    'mkfs mkfs.ext4 mkfs.ext3 mkfs.ext2 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.ntfs mke2fs mkswap fdisk sfdisk cfdisk parted gdisk sgdisk wipefs blkdiscard hdparm nvme badblocks cryptsetup lvremove vgremove pvremove mdadm zpool zfs diskutil',
    acts('destroys-data', 'It writes to a disk, past the files on it.'),
  ),
  ...all('mount umount swapon swapoff losetup fusermount mknod pivot_root kexec', acts('reaches-machine', machine)),
  ...all(
    'useradd userdel usermod groupadd groupdel passwd chpasswd adduser deluser visudo chsh',
    acts('reaches-machine', 'It changes who may use the machine.'),
  ),
  kill: run(),
  ...all('killall pkill', run()),
  ...all('renice prlimit setpriv', run()),
  ...all('tmux screen zellij', {
    effect: 'run',
    examine: ({ operands }, at) => {
      const reading = /^(ls|list-sessions|list-windows|capture-pane|kill-session|has-session|-V)$/.test(
        operands[0]?.text ?? '',
      )
      if (!reading) at.reason(act('unseen-code', 'It starts programs in a terminal of their own.'))
    },
  }),
  ...all('code code-insiders cursor codium subl idea open xdg-open start explorer explorer.exe wslview', {
    effect: 'run',
    act: act('reaches-machine', 'It opens something outside the sandbox.'),
  }),
  ...all('gdb lldb', run(undefined, { '-ex -iex -x -o --command -e': { value: 'unseen' } })),
  ...all('perf valgrind heaptrack py-spy', { effect: 'run' }),
  ...all('Remove-Item ri rd del erase robocopy xcopy format Clear-Content Set-Content diskpart reg schtasks vssadmin', {
    effect: 'run',
    examine: (_call, at) => at.windows(at.command.words.map((word) => shown(word)).join(' '), true),
  }),
  ...all(
    'defaults scutil nvram csrutil spctl pmset networksetup dscl security regedit wmic bcdedit icacls takeown netsh',
    acts('reaches-machine', machine),
  ),
}

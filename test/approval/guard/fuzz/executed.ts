import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** Runs every line as the sandbox's shell would, in a fresh folder, with strace beside it. */
const driver = `
for ((i = 0; i < $1; i++)); do
  rm -rf /tmp/*; mkdir /tmp/w; cd /tmp/w; touch in a
  IFS= read -r -d '' line < /mnt/$i.sh
  timeout -k 1 2 strace -ff -qq -e trace=execve -s 200 -o /mnt/traces/$i bash -c "$line" < /dev/null > /dev/null 2>&1
done
echo done`

/** The programs that each line started. All run one after another in one sandbox. */
export function executed(lines: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'guard-fuzz-'))
  try {
    const traces = join(folder, 'traces')
    mkdirSync(traces)
    lines.forEach((line, i) => {
      writeFileSync(join(folder, `${i}.sh`), line)
    })
    const fence = [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--tmpfs',
      '/tmp',
      '--bind',
      folder,
      '/mnt',
    ]
    const command = [
      '--unshare-all',
      '--die-with-parent',
      '--new-session',
      'bash',
      '-c',
      driver,
      'driver',
      `${lines.length}`,
    ]
    const env = { PATH: '/usr/bin:/bin', HOME: '/tmp/h', LC_ALL: 'C.UTF-8' }
    const { stdout, stderr } = spawnSync('bwrap', [...fence, ...command], { env, encoding: 'utf8' })
    if (stdout !== 'done\n') throw new Error(`The sandbox did not run: ${stdout}${stderr}`)
    const files = readdirSync(traces)
    return lines.map((line, i) => {
      const own = files.filter((file) => file.startsWith(`${i}.`))
      if (own.length === 0) throw new Error(`strace saw nothing of ${JSON.stringify(line)}.`)
      const names = own.flatMap((file) => namesIn(readFileSync(join(traces, file), 'utf8')))
      // The shell that reads the line itself.
      names.splice(names.indexOf('bash'), 1)
      return names
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function namesIn(trace: string): string[] {
  return [...trace.matchAll(/^execve\("((?:[^"\\]|\\.)*)".* = 0$/gm)].map(([, path]) => basename(path ?? ''))
}

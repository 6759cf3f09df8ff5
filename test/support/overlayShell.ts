import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmod, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileCallResult, LayerFiles } from '../../daemon/layer/layer.ts'
import type { AgentShell } from '../layer/bench.ts'

const mountAndServe = `
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,userxattr" "$1" || exit 90
  cd "$1" || exit 91
  echo ready
  exec sh
`

// With the shell ends everything that it started, also where a test fails half-way.
const namespaces = ['--user', '--mount', '--pid', '--fork', '--kill-child', '--map-root-user']

/** A real overlay mount in a namespace of its own, with one shell in it that lives until `close`. */
export async function openOverlayShell(mount: { lower: string; upper: string; work: string }): Promise<AgentShell> {
  const { lower, upper, work } = mount
  const shell = await openShell(lower, [mountAndServe, 'sh', lower, upper, work])
  // The shell stands in the mount, so that it is not mounted anew: as in a sandbox that is used, what nobody uses is looked up anew.
  const refresh = async () => {
    await shell.run('mount -o remount,rw "$PWD"')
    return false
  }
  return { ...shell, files: { ...shell.files, refresh } }
}

/** One shell in a copy of the user's folder, that lives until `close`, and with it all that it starts. */
export async function openCopyShell(copy: string): Promise<AgentShell> {
  return await openShell(copy, ['cd "$1" || exit 91; echo ready; exec sh', 'sh', copy])
}

async function openShell(root: string, script: readonly string[]): Promise<AgentShell> {
  const shell = spawn('unshare', [...namespaces, 'sh', '-c', ...script])
  await untilLine(shell, 'ready')
  let turn = 0
  return {
    mountedAt: Date.now(),
    files: { root, ...filesUnder(`/proc/${shell.pid}/root`) },
    async run(line) {
      turn += 1
      const end = `end of turn ${turn}`
      const output = untilLine(shell, end)
      shell.stdin.write(`( ${line}\n) </dev/null 2>&1 || echo "failed: $?"\necho '${end}'\n`)
      const text = await output
      if (text.includes('failed: ')) throw new Error(`${line}\n${text}`)
      return text
    },
    async close() {
      if (shell.exitCode !== null || shell.signalCode !== null) return
      const closed = new Promise((resolve) => shell.once('close', resolve))
      shell.kill('SIGKILL')
      await closed
    },
  }
}

/** What the shell says before it says `line`. */
function untilLine(shell: ChildProcessWithoutNullStreams, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const settle = (action: () => void) => {
      shell.stdout.off('data', take)
      shell.off('close', fail)
      action()
    }
    const take = (part: Buffer) => {
      said += part.toString('utf8')
      if (said.endsWith(`${line}\n`)) settle(() => resolve(said.slice(0, -line.length - 1)))
    }
    const fail = (code: number | null) => {
      const trouble = shell.stderr.read()?.toString() ?? ''
      settle(() => reject(new Error(`The shell ended with ${code}: ${said}${trouble}`)))
    }
    shell.stdout.on('data', take)
    shell.on('close', fail)
  })
}

/** As a sandbox gives it. Only for tests that know what the layer holds: links would lead out of it. */
function filesUnder(root: string): Omit<LayerFiles, 'root'> {
  return {
    writeFile: (path, bytes, options) =>
      told('written', async () => {
        await mkdir(dirname(root + path), { recursive: true })
        const old = await stat(root + path).catch(() => undefined)
        await writeFile(root + path, bytes)
        if (!old && options?.mode !== undefined) await chmod(root + path, options.mode)
      }),
    remove: (path) => told('removed', () => rm(root + path, { recursive: true, force: true })),
    makeSymlink: (path, target) => told('written', () => symlink(target, root + path)),
    setMode: (path, mode) => told('written', () => chmod(root + path, mode)),
  }
}

async function told(type: string, work: () => Promise<void>): Promise<FileCallResult> {
  try {
    await work()
    return { type }
  } catch (error) {
    const { code = '' } = error as { code?: string }
    return { type: 'fault', code: codes[code] ?? 'other', message: String(error) }
  }
}

const codes: Record<string, string> = {
  ENOENT: 'notFound',
  EISDIR: 'notAFile',
  ENOTDIR: 'notAFolder',
  EACCES: 'denied',
  EPERM: 'denied',
}

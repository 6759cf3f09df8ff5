import { lstat, stat } from 'node:fs/promises'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import { visible } from '#protocol/visible.ts'
import { connectCli } from '../daemon.ts'
import { exitCodes } from '../exitCodes.ts'
import { UsageError } from '../usage.ts'
import { sizeOf } from './describe.ts'
import { exitCodeOf, runInside } from './exec.ts'
import { printJson, printLines } from './output.ts'
import { startRemote } from './remoteProgram.ts'
import { readTarget, sessionOf, targetOptions } from './target.ts'
import { writeTar } from './tarWriter.ts'
import { unpack } from './unpack.ts'

const options = { ...targetOptions, json: { type: 'boolean' }, force: { type: 'boolean', short: 'f' } } as const

/** Something about what was to be copied, or where to. */
class NotCopied extends Error {}

interface Place {
  readonly client: DaemonClient
  readonly at: { readonly session: string; readonly kind?: ReturnType<typeof readTarget>['kind'] & string }
  readonly folder: string
  readonly force: boolean
  readonly leftOut: (path: string, why: string) => void
}

/** `paddock sandbox cp SRC DST`: one of the two begins with ":" and is a path inside, from the workspace's folder on. */
export async function copy(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [from, to, ...more] = positionals
  if (from === undefined || to === undefined || more.length > 0) throw new UsageError('Say "cp SRC DST".')
  if (from.startsWith(':') === to.startsWith(':')) {
    throw new UsageError('One of SRC and DST begins with ":" and is inside; the other is a path of this machine.')
  }
  const target = readTarget(values)
  const left: { path: string; why: string }[] = []
  const client = await connectCli(true)
  try {
    const session = await sessionOf(client, target)
    const at = { session, ...(target.kind ? { kind: target.kind } : {}) }
    const leftOut = (path: string, why: string) => void left.push({ path, why })
    const place = { client, at, folder: target.folder, force: values.force === true, leftOut }
    const made = from.startsWith(':')
      ? await copyOut(place, from.slice(1) || '.', to)
      : await copyIn(place, from, to.slice(1) || '.')
    if (values.json) printJson({ ...made, leftOut: left })
    else {
      for (const { path, why } of left) process.stderr.write(`Left out: ${visible(path)} (${why})\n`)
      printLines([`${visible(made.target)}: ${made.files} files, ${sizeOf(made.bytes)}.`])
    }
    return left.length > 0 ? exitCodes.failed : exitCodes.ok
  } catch (error) {
    const isExpected = error instanceof NotCopied || (error as NodeJS.ErrnoException).code?.startsWith('E')
    if (!isExpected || error instanceof UsageError) throw error
    const { message } = error as Error
    process.stderr.write(values.json ? `${JSON.stringify({ error: { message } })}\n` : `${visible(message)}\n`)
    return exitCodes.failed
  } finally {
    client.close()
  }
}

/** Where it goes, as `cp` has it: into a folder that is there, else under that name. Says so, or why not. */
const findTarget = `
if [ -d "$1" ]; then t=\${1%/}/$2; else t=$1; fi
case $t in */*) p=\${t%/*} ;; *) p=. ;; esac
[ -d "\${p:-/}" ] || { echo "There is no folder \${p:-/} inside." >&2; exit 1; }
if [ "$3" = no ]; then
  if [ -e "$t" ] || [ -L "$t" ]; then echo "$t is there already; --force replaces it." >&2; exit 1; fi
fi
cd "\${p:-/}" && pwd && printf '%s\\n' "\${t##*/}"`

async function copyIn({ client, at, force, leftOut }: Place, from: string, to: string) {
  const source = resolve(from)
  await lstat(source)
  const script = ['sh', '-c', findTarget, 'sh', to, basename(source), force ? 'yes' : 'no']
  const found = await runInside(client, { ...at, command: script })
  if (exitCodeOf(found.end) !== 0) throw new NotCopied(found.stderr.trim() || JSON.stringify(found.end))
  const [parent = '', name = ''] = found.stdout.split('\n')
  let said = ''
  const program = await startRemote(client, { ...at, command: ['tar', '-xof', '-'], cwd: parent }, async (_, bytes) => {
    said = (said + bytes.toString()).slice(-2_000)
  })
  let isOver = false
  let files = 0
  let bytes = 0
  const count = (size: number) => {
    files += 1
    bytes += size
  }
  void program.ended.then(() => {
    isOver = true
  })
  try {
    for await (const piece of writeTar(source, name, { leftOut, onFile: count })) {
      await program.write(piece)
      if (isOver) break
    }
  } catch (error) {
    program.kill('SIGKILL')
    throw error
  }
  await program.write(new Uint8Array(), true)
  const end = await program.ended
  if (exitCodeOf(end) !== 0) throw new NotCopied(said.trim() || JSON.stringify(end))
  return { target: `:${posix.join(parent, name)}`, files, bytes }
}

/** A folder as ".", so that its name in the archive is not its name inside. */
const packUp = `
if [ ! -e "$1" ] && [ ! -L "$1" ]; then echo "There is no $1 inside." >&2; exit 1; fi
if tar --version 2>/dev/null | grep -q GNU; then how=--hard-dereference; else how=; fi
if [ -d "$1" ] && [ ! -L "$1" ]; then cd "$1" && exec tar -cf - $how .; fi
case $1 in */*) p=\${1%/*} ;; *) p=. ;; esac
cd "\${p:-/}" && exec tar -cf - $how "./\${1##*/}"`

async function copyOut({ client, at, folder, force, leftOut }: Place, from: string, to: string) {
  const inside = posix.resolve(folder, from)
  const wanted = resolve(to)
  const isFolder = await stat(wanted).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const target = isFolder ? join(wanted, posix.basename(inside)) : wanted
  if (!(await stat(dirname(target))).isDirectory()) throw new NotCopied(`${dirname(target)} is no folder.`)
  if (!force && (await lstat(target).catch(() => undefined))) {
    throw new NotCopied(`${target} is there already; --force replaces it.`)
  }
  let said = ''
  const archive = new PassThrough()
  archive.on('error', () => {})
  const program = await startRemote(client, { ...at, command: ['sh', '-c', packUp, 'sh', inside] }, (stream, bytes) => {
    if (stream === 'stdout') {
      return new Promise((taken, refused) => archive.write(bytes, (error) => (error ? refused(error) : taken())))
    }
    said = (said + bytes.toString()).slice(-2_000)
    return Promise.resolve()
  })
  void program.write(new Uint8Array(), true)
  void program.ended.then(() => archive.end())
  let made: Awaited<ReturnType<typeof unpack>> | undefined
  let failure: unknown
  try {
    made = await unpack(archive, target, { force, leftOut })
  } catch (error) {
    failure = error
    archive.destroy()
    program.kill('SIGKILL')
  }
  const end = await program.ended
  if (exitCodeOf(end) !== 0 && said.trim()) throw new NotCopied(said.trim())
  if (!made) throw (failure as NodeJS.ErrnoException).code ? failure : new NotCopied((failure as Error).message)
  if (exitCodeOf(end) !== 0) throw new NotCopied(`It was not read to its end: ${JSON.stringify(end)}`)
  return { target, ...made }
}

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import { visible } from '#protocol/visible.ts'
import { askYes } from '../askYes.ts'
import { connectCli } from '../daemon.ts'
import { exitCodes } from '../exitCodes.ts'
import { UsageError } from '../usage.ts'
import { aligned, type Info, infoLines, listLines, sizeOf } from './describe.ts'
import { exitCodeOf, runInside } from './exec.ts'
import { printJson, printLines } from './output.ts'
import { changeOf } from './settings.ts'
import { readTarget, sessionOf, type Target, targetOptions } from './target.ts'

/** What a verb is given: the daemon, whose sandbox, the words after the verb. */
interface Asked {
  readonly client: DaemonClient
  readonly target: Target
  readonly words: string[]
  readonly json: boolean
  readonly yes: boolean
  readonly from: string | undefined
}

type Verb = (asked: Asked) => Promise<number>

const options = {
  ...targetOptions,
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  snapshot: { type: 'string' },
} as const

/** A verb as a command: its words read, the daemon connected, and let go. */
const verb =
  (act: Verb, ...wanted: string[]) =>
  async (args: string[]): Promise<number> => {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const isOpenEnded = wanted.at(-1)?.endsWith('…') === true
    if (positionals.length < wanted.length || (positionals.length > wanted.length && !isOpenEnded)) {
      const missing = wanted.slice(positionals.length).join(' ')
      throw new UsageError(missing ? `${missing} is missing.` : `Too many words: ${positionals.slice(wanted.length)}.`)
    }
    const target = readTarget(values)
    const client = await connectCli(true)
    const { json = false, yes = false, snapshot } = values
    try {
      return await act({ client, target, words: positionals, json, yes, from: snapshot })
    } finally {
      client.close()
    }
  }

const list: Verb = async ({ client, json }) => {
  const found = await client.request('sandbox/list', {})
  json ? printJson(found) : printLines(listLines(found.sandboxes))
  return exitCodes.ok
}

const inspect: Verb = async ({ client, target: { folder }, json }) => {
  const found = await client.request('sandbox/inspect', { folder })
  json ? printJson(found) : printLines(infoLines(found.sandbox))
  return exitCodes.ok
}

/** By running something: what an open sandbox needs, such as an image, is there afterwards. */
const open: Verb = async ({ client, target, json }) => {
  const session = await sessionOf(client, target)
  const { kind } = target
  const { end } = await runInside(client, { session, command: ['true'], ...(kind ? { kind } : {}) })
  if (end.type !== 'exited' || end.code !== 0) {
    process.stderr.write(`It opened, but a command in it did not run: ${visible(JSON.stringify(end))}\n`)
    return exitCodeOf(end)
  }
  const { sandbox } = await client.request('sandbox/inspect', { folder: target.folder })
  json ? printJson({ sandbox, session }) : printLines(infoLines(sandbox))
  return exitCodes.ok
}

/** Of those whose answer is how the sandbox is now. */
const change =
  (done: string, ask: (asked: Asked) => Promise<{ sandbox: Info }>): Verb =>
  async (asked) => {
    const { sandbox } = await ask(asked)
    asked.json ? printJson({ sandbox }) : printLines([`${done} ${visible(sandbox.folder)}: ${sandbox.state}.`])
    return exitCodes.ok
  }

const snapshot: Verb = async ({ client, target: { folder }, words: [name = ''], json }) => {
  const taken = await client.request('sandbox/snapshot', { folder, name })
  json ? printJson(taken) : printLines([`Snapshot ${visible(name)}: ${sizeOf(taken.snapshot.bytes)}.`])
  return exitCodes.ok
}

const ports: Verb = async ({ client, target: { folder }, json }) => {
  const { sandbox } = await client.request('sandbox/inspect', { folder })
  const found = sandbox.open.flatMap(({ session, ports }) => ports.map((port) => ({ session, ...port })))
  if (json) printJson({ ports: found })
  else if (found.length === 0) printLines(['Nothing listens inside.'])
  else printLines(aligned(found.map(({ port, program, session }) => [`${port}`, visible(program ?? ''), session])))
  return exitCodes.ok
}

/** Stands until it is interrupted: a forward ends with the connection that asked for it. */
const forward: Verb = async ({ client, target, words: [word = ''], json }) => {
  const port = Number(word)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageError(`"${word}" is no port.`)
  const session = target.session ?? (await sessionThatListens(client, target, port))
  const { port: here } = await client.request('sandbox/forwardPort', { session, port })
  json
    ? printJson({ session, port, host: '127.0.0.1', localPort: here })
    : printLines([`http://127.0.0.1:${here} leads to port ${port} inside. Ctrl+C ends it.`])
  const interrupted = new Promise<'interrupted'>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop('interrupted'))
  })
  return (await Promise.race([interrupted, client.closed])) === 'interrupted' ? exitCodes.ok : exitCodes.unavailable
}

async function sessionThatListens(client: DaemonClient, target: Target, port: number): Promise<string> {
  const { sandbox } = await client.request('sandbox/inspect', { folder: target.folder })
  const found = sandbox.open.find(({ ports }) => ports.some((each) => each.port === port))
  return found?.session ?? sessionOf(client, target)
}

const set: Verb = async ({ client, target: { folder }, words, json }) => {
  const { sandbox: now } = await client.request('sandbox/inspect', { folder })
  const { sandbox } = await client.request('sandbox/configure', { folder, settings: changeOf(words, now.settings) })
  json
    ? printJson({ sandbox })
    : printLines([
        'Set. Network rules hold at once, all else when a sandbox is next opened. See: paddock sandbox policy',
      ])
  return exitCodes.ok
}

const policy: Verb = async ({ client, target: { folder }, json }) => {
  const found = await client.request('sandbox/policy', { folder })
  json ? printJson(found) : process.stdout.write(found.text.replace(/\n?$/, '\n'))
  return exitCodes.ok
}

const end =
  (what: 'reset' | 'dispose'): Verb =>
  async ({ client, target: { folder }, json, yes }) => {
    const { loss } = await client.request(`sandbox/${what}`, { folder, confirm: false })
    if (!yes && !(await isWanted(what, folder, loss, json))) {
      if (json) printJson({ loss, done: false })
      return exitCodes.cancelled
    }
    const done = await client.request(`sandbox/${what}`, { folder, confirm: true })
    json ? printJson(done) : printLines([...done.loss.map((line) => visible(line)), 'Done.'])
    return exitCodes.ok
  }

/** Says what would be lost; at a terminal it asks, elsewhere nobody said yes. */
async function isWanted(what: string, folder: string, loss: string[], json: boolean): Promise<boolean> {
  if (!json) printLines([`To ${what} the sandbox of ${visible(folder)}:`, ...loss.map((line) => `  ${visible(line)}`)])
  const answer = json ? undefined : await askYes('Go on')
  if (answer === undefined) process.stderr.write(`Nothing was done. Say --yes to ${what} it.\n`)
  else if (!answer) printLines(['Nothing was done.'])
  return answer === true
}

/** The verbs that are a request and its answer. */
export const lifecycle: Record<string, (args: string[]) => Promise<number>> = {
  list: verb(list),
  inspect: verb(inspect),
  open: verb(open),
  suspend: verb(change('Suspended', ({ client, target: { folder } }) => client.request('sandbox/suspend', { folder }))),
  resume: verb(change('Resumed', ({ client, target: { folder } }) => client.request('sandbox/resume', { folder }))),
  snapshot: verb(snapshot, 'NAME'),
  restore: verb(
    change('Restored', ({ client, target: { folder }, words: [name = ''] }) =>
      client.request('sandbox/restore', { folder, name }),
    ),
    'NAME',
  ),
  fork: verb(
    change('Forked into', ({ client, target: { folder }, words: [into = ''], from }) =>
      client.request('sandbox/fork', { folder, into: resolve(into), ...(from ? { snapshot: from } : {}) }),
    ),
    'FOLDER',
  ),
  reset: verb(end('reset')),
  dispose: verb(end('dispose')),
  ports: verb(ports),
  forward: verb(forward, 'PORT'),
  set: verb(set, 'KEY=VALUE…'),
  policy: verb(policy),
}

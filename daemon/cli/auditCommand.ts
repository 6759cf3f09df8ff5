import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { AuditFilter } from '#protocol/audit.ts'
import { connectCli } from './daemon.ts'
import { exitCodes } from './exitCodes.ts'
import { printJson } from './sandbox/output.ts'
import { UsageError } from './usage.ts'
import { whenOf } from './when.ts'

const help = `paddock audit: every decision, who made it and why; added to, never changed.

  export [FILTER…]   the entries that have all of these, oldest first, one line of JSON each
      --session ID   --folder PATH   --file PATH (or below it)   --host NAME (or *.NAME)
      --program NAME   --since WHEN   --until WHEN   (2026-11-28, 2026-11-28T09:00, 30m, 7d)
      A whole export can be verified by itself: "hash" is SHA-256 over the hash before it, a line
      feed, and the entry without "hash" as JSON with sorted keys.
  verify [--json]    looks at every entry, and names the first that is not what was written
                     Exit: 0 as it was written, 1 not. Keep the line "Head" elsewhere: a record that
                     was written anew as a whole shows by that.
`

const pageSize = 500

/** `paddock audit export | verify`. */
export async function auditCommand(args: string[]): Promise<number> {
  const [verb = 'help', ...rest] = args
  if (verb === 'export') return exportEntries(rest)
  if (verb === 'verify') return verify(rest)
  if (!['help', '--help', '-h'].includes(verb)) throw new UsageError('Say "paddock audit export" or "verify".')
  process.stdout.write(help)
  return exitCodes.ok
}

async function exportEntries(args: string[]): Promise<number> {
  const filter = await filterOf(args)
  const client = await connectCli(true, 'view')
  // Whoever reads may have had enough.
  const closed = new AbortController()
  process.stdout.once('error', () => closed.abort())
  try {
    for await (const line of lines(client, filter)) {
      if (closed.signal.aborted) break
      if (!process.stdout.write(line)) {
        await once(process.stdout, 'drain', { signal: closed.signal }).catch(() => {})
      }
    }
    return exitCodes.ok
  } finally {
    client.close()
  }
}

/** Page by page: no more is asked for than was read. */
async function* lines(client: DaemonClient, filter: AuditFilter): AsyncGenerator<string> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { entries, next }: { entries: object[]; next?: number | undefined } = await client.request('audit/list', {
      filter,
      after,
      limit: pageSize,
    })
    for (const entry of entries) yield `${JSON.stringify(entry)}\n`
    after = next
  }
}

async function filterOf(args: string[]): Promise<AuditFilter> {
  const options = {
    session: { type: 'string' },
    folder: { type: 'string' },
    file: { type: 'string' },
    host: { type: 'string' },
    program: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
  } as const
  const { since, until, folder, file, ...asItIs } = parseArgs({ args, options }).values
  return {
    ...asItIs,
    // As the daemon calls it; a folder that is gone is asked for by its name.
    ...(folder !== undefined && { folder: await realpath(folder).catch(() => resolve(folder)) }),
    ...(file !== undefined && { file: resolve(file) }),
    ...(since !== undefined && { since: whenOf(since, '--since') }),
    ...(until !== undefined && { until: whenOf(until, '--until') }),
  }
}

async function verify(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } })
  const client = await connectCli(true, 'view')
  try {
    const { verification } = await client.request('audit/verify', {})
    const { entries, head, fault } = verification
    if (values.json) printJson(verification)
    else if (fault) process.stdout.write(`Entry ${fault.seq}: ${fault.type}. ${fault.why}\n`)
    else process.stdout.write(`${entries} entries, as they were written.\nHead ${head.seq} ${head.hash}\n`)
    return fault ? exitCodes.failed : exitCodes.ok
  } finally {
    client.close()
  }
}

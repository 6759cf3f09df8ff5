import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import { visible } from '#protocol/visible.ts'
import { allow, answerCodes, pendingOf, refuse, settledLine } from './approvals/answer.ts'
import { approvalLines, listRows } from './approvals/approvalText.ts'
import { watch } from './approvals/watch.ts'
import { connectCli } from './daemon.ts'
import { exitCodes } from './exitCodes.ts'
import { aligned } from './sandbox/describe.ts'
import { printJson, printLines } from './sandbox/output.ts'
import { UsageError } from './usage.ts'

const help = `paddock approvals: what waits for an answer, in every session.

  list [--json]             one line each
  show ID [--json]          the whole action, what was found out about it, and rules that would allow it
  watch [--json]            prints questions as they come
  allow ID                  once
      --for session         this exact action (or --rule JSON…), until the session ends
      --for workspace|user  by the rules that "show" shows, or by --rule JSON…, for good
  deny ID [--guidance TEXT] what the agent is told with it
  abort ID [--guidance TEXT]
                            denies it and ends the task

  An ID may be shortened to a beginning or end that is no other's.
  Exit: 0 answered, 2 usage, 3 somebody else had answered (it says who), 4 there is none.
`

interface Verb {
  run(client: DaemonClient, args: string[]): Promise<number>
  /** It only looks. */
  readonly views?: true
}

const verbs: Record<string, Verb> = {
  list: { run: list, views: true },
  show: { run: show, views: true },
  watch: { run: watch, views: true },
  allow: { run: allow },
  deny: { run: refuse('deny') },
  abort: { run: refuse('abort') },
}

/** `paddock approvals …`. */
export async function approvalsCommand(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(help)
    return exitCodes.ok
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb) throw new UsageError(`There is no "paddock approvals ${name}".`)
  const client = await connectCli(true, verb.views && 'view')
  try {
    return await verb.run(client, rest)
  } finally {
    client.close()
  }
}

async function list(client: DaemonClient, args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } })
  const { approvals } = await client.request('approval/list', {})
  if (values.json) printJson({ approvals })
  else printLines(approvals.length === 0 ? ['Nothing waits for an answer.'] : aligned(listRows(approvals)))
  return exitCodes.ok
}

async function show(client: DaemonClient, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean' } },
    allowPositionals: true,
  })
  const { text, asked } = await pendingOf(client, positionals)
  if (asked) {
    values.json ? printJson(asked) : printLines(approvalLines(asked))
    return exitCodes.ok
  }
  const line = await settledLine(client, text)
  process.stderr.write(`${line ?? `There is no approval ${visible(text)}.`}\n`)
  return line ? answerCodes.alreadyAnswered : answerCodes.notFound
}

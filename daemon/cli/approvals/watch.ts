import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { Approval } from '#protocol/approval.ts'
import { exitCodes } from '../exitCodes.ts'
import { printJson, printLines } from '../sandbox/output.ts'
import { watchLines } from './approvalText.ts'

/** `paddock approvals watch`: questions as they come and go, until Ctrl+C or the daemon goes. */
export async function watch(client: DaemonClient, args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } })
  let known = new Set<string>()
  const show = (approvals: readonly Approval[]) => {
    const now = new Set(approvals.map(({ id }) => id))
    for (const id of known) if (!now.has(id) && !values.json) printLines([`${id}  settled`])
    for (const approval of approvals) {
      if (known.has(approval.id)) continue
      values.json ? printJson(approval) : printLines(watchLines(approval))
    }
    known = now
  }
  let first = true
  // What is told while the list is on its way is newer than the list.
  client.on('approval/changed', ({ approvals }) => {
    first = false
    show(approvals)
  })
  const { approvals } = await client.request('approval/list', {})
  if (first) show(approvals)
  let interrupted = false
  process.once('SIGINT', () => {
    interrupted = true
    client.close()
  })
  await client.closed
  if (!interrupted) process.stderr.write('The daemon went away.\n')
  return interrupted ? exitCodes.ok : exitCodes.failed
}

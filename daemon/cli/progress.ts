import type { Action } from '#protocol/approval.ts'
import type { Change } from '#protocol/change.ts'
import type { SessionEvent } from '#protocol/event.ts'
import { visible } from '#protocol/visible.ts'

/** An event as lines for a terminal; empty where there is nothing to say. Control characters are made visible. */
export function progressOf(event: SessionEvent): string {
  switch (event.type) {
    case 'taskStarted':
      return `${event.resumed ? 'Resumed' : 'Started'}, with ${visible(event.model)}.\n`
    case 'modelReplied':
      return event.text ? `\n${lines(event.text)}\n` : ''
    case 'modelRetried':
      return `  (${visible(event.reason.message)} Trying again in ${(event.delayMs / 1000).toFixed(1)} s.)\n`
    case 'toolStarted':
      return `  > ${actionText(event.action)}\n`
    case 'toolFinished':
      return `    ${event.outcome === 'ok' ? '' : `${event.outcome}: `}${visible(event.summary)}\n`
    case 'approvalAsked':
      return `  ? ${actionText(event.approval.action)}\n    ${visible(event.approval.reason)}\n`
    case 'approvalAnswered':
      return `    ${event.outcome.type === 'deny' ? 'Denied' : 'Allowed'} by ${visible(event.by)}.\n`
    case 'taskFailed':
      return `\nFailed: ${visible(event.failure.message)}${event.failure.fix ? ` ${visible(event.failure.fix)}` : ''}\n`
    case 'taskCancelled':
      return '\nCancelled.\n'
    case 'taskCompleted':
      return '\nCompleted.\n'
    default:
      return ''
  }
}

/** One line that hides nothing. */
export function actionText(action: Action): string {
  switch (action.type) {
    case 'command':
      return `${visible(action.command)}${action.network ? '  [with network]' : ''}`
    case 'search':
      return `search ${visible(action.pattern)} in ${visible(action.path)}`
    case 'process':
      return visible([action.process, action.signal, action.input].filter((part) => part !== undefined).join(' '))
    case 'connect':
      return `reach ${visible(action.host)} on port ${action.port}, for ${visible(action.command)}`
    case 'mcp':
      return `${visible(`${action.server}/${action.tool}`)} ${visible(action.arguments)}`
    case 'unknown':
      return `${visible(action.tool)} ${visible(action.arguments)}`
    default:
      return `${action.type} ${visible(action.path)}`
  }
}

export function changeLine({ path, from, status, kind, additions, deletions }: Change): string {
  const counts = kind === 'text' ? `+${additions} -${deletions}` : kind
  const name = from ? `${visible(from)} -> ${visible(path)}` : visible(path)
  return `${status.padEnd(8)} ${name}  ${counts}`
}

function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => visible(line))
    .join('\n')
}

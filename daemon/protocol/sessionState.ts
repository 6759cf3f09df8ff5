import type { LoggedEvent } from './event.ts'
import type { SessionState } from './session.ts'
import type { Task } from './task.ts'

const endedTasksKept = 20

/** The state before the first event. */
export function emptySession(id: string): SessionState {
  return {
    id,
    folder: '',
    title: '',
    createdAt: 0,
    updatedAt: 0,
    seq: 0,
    tasks: [],
    approvals: [],
    changes: { revision: 0, files: 0, additions: 0, deletions: 0 },
    usage: { inputTokens: 0, outputTokens: 0 },
    steps: 0,
  }
}

/**
 * The one reducer of a session: pure, total, and the same in the daemon and in every client. An event that was already
 * taken in (by `seq`) changes nothing, so replays are harmless; unknown types, from a newer daemon, only move `seq`.
 */
export function reduce(state: SessionState, { seq, at, event }: LoggedEvent): SessionState {
  if (seq <= state.seq) return state
  const next: SessionState = { ...state, seq, updatedAt: at }
  switch (event.type) {
    case 'sessionCreated':
      return {
        ...next,
        folder: event.folder,
        title: event.title,
        createdAt: at,
        ...(event.sandbox && { unsandboxed: true as const }),
      }
    case 'sessionRenamed':
      return { ...next, title: event.title }
    case 'modeChanged':
      return { ...next, mode: event.mode }
    case 'taskSubmitted': {
      const task: Task = { id: event.task, prompt: event.prompt, state: 'queued', submittedAt: at, steps: 0 }
      if (event.references) task.references = event.references
      return { ...next, tasks: [...state.tasks, task] }
    }
    case 'taskStarted':
      return withTask(next, event.task, ({ failure: _, endedAt: __, ...task }) => ({
        ...task,
        state: 'running',
        startedAt: task.startedAt ?? at,
      }))
    case 'stepStarted':
      return withTask({ ...next, steps: state.steps + 1 }, event.task, (task) => ({ ...task, steps: event.step }))
    case 'modelReplied': {
      if (!event.usage) return next
      const { inputTokens, outputTokens, cachedTokens } = event.usage
      const usage = {
        inputTokens: state.usage.inputTokens + inputTokens,
        outputTokens: state.usage.outputTokens + outputTokens,
        cachedTokens: (state.usage.cachedTokens ?? 0) + (cachedTokens ?? 0),
      }
      return { ...next, usage }
    }
    case 'approvalAsked':
      return withTask({ ...next, approvals: [...state.approvals, event.approval] }, event.approval.task, (task) => ({
        ...task,
        state: 'waiting',
      }))
    case 'approvalAnswered': {
      const approvals = state.approvals.filter(({ id }) => id !== event.approval)
      return withTask({ ...next, approvals }, event.task, (task) =>
        task.state === 'waiting' && !approvals.some((asked) => asked.task === task.id)
          ? { ...task, state: 'running' }
          : task,
      )
    }
    case 'changesChanged': {
      const { revision, files, additions, deletions } = event
      return { ...next, changes: { revision, files, additions, deletions } }
    }
    case 'taskCompleted':
      return endTask(next, event.task, at, { state: 'completed' })
    case 'taskFailed':
      return endTask(next, event.task, at, { state: 'failed', failure: event.failure })
    case 'taskCancelled':
      return endTask(next, event.task, at, { state: 'cancelled' })
    default:
      return next
  }
}

export function isLive(task: Task): boolean {
  return task.state === 'queued' || task.state === 'running' || task.state === 'waiting'
}

function withTask(state: SessionState, id: string, change: (task: Task) => Task): SessionState {
  return { ...state, tasks: state.tasks.map((task) => (task.id === id ? change(task) : task)) }
}

function endTask(state: SessionState, id: string, at: number, end: Partial<Task>): SessionState {
  const asks = state.approvals.some((approval) => approval.task === id)
  const approvals = asks ? state.approvals.filter((approval) => approval.task !== id) : state.approvals
  const { tasks } = withTask(state, id, (task) => ({ ...task, ...end, endedAt: at }))
  let surplus = tasks.filter((task) => !isLive(task)).length - endedTasksKept
  const kept = tasks.filter((task) => isLive(task) || surplus-- <= 0)
  return { ...state, approvals, tasks: kept }
}

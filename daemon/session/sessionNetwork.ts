import { randomBytes } from 'node:crypto'
import type { ConnectionDecision, NetworkPolicy } from '#protocol/network.ts'
import type { NetworkPort } from '../sandbox/sandbox.ts'
import type { SessionGate } from './gate.ts'
import { unknownCall } from './hostQuestions.ts'
import type { SessionLog } from './log.ts'

/** What the way out (egress) asks of whoever owns a sandbox. */
export interface NetworkOwner {
  policy(): NetworkPolicy
  /** Which command a connection belongs to; undefined where nobody knows the tag. */
  sourceOf(tag: string | undefined): { readonly anyPublicHost: boolean } | undefined
  /** A host that the policy leaves undecided. Rejects with the signal's reason, or where nobody can be asked. */
  ask(question: HostQuestion, signal: AbortSignal): Promise<'allow' | 'deny'>
  onDecided(decision: ConnectionDecision & { readonly tag?: string | undefined }): void
}

export interface HostQuestion {
  readonly host: string
  readonly port: number
  readonly tag: string | undefined
}

/** The way out that a session has. */
export interface SessionWayOut extends NetworkPort {
  /** Ends open connections that their owner, asked anew, no longer allows. */
  reconsider(): void
}

/** How often each decision was made: only the first of a kind is an event of its own. */
type Decisions = Record<
  ConnectionDecision['verdict'],
  Map<string, { readonly decision: ConnectionDecision; times: number }>
>

/** The call that a command belongs to. */
interface Source {
  readonly task: string
  readonly step: number
  readonly call: string
  readonly command: string
  readonly anyPublicHost: boolean
  readonly decisions: Decisions
}

const keptSources = 1_000
/** A program that tries every host there is must not fill the log, nor hide there what it was let out to. */
const toldPerSource = { allow: 1_000, deny: 100 }
const shownCommand = 500

/** Who in a session uses the network: each command has a tag, and each of its connections is decided under that name. */
export class SessionNetwork implements NetworkOwner {
  readonly port: SessionWayOut
  readonly #log: SessionLog
  readonly #gate: SessionGate
  readonly #workspacePolicy: () => NetworkPolicy
  readonly #sources = new Map<string, Source>()
  #ofNobody: { readonly task: string | undefined; readonly decisions: Decisions } | undefined

  constructor(parts: {
    log: SessionLog
    gate: SessionGate
    policy: () => NetworkPolicy
    egress: (owner: NetworkOwner) => SessionWayOut
  }) {
    this.#log = parts.log
    this.#gate = parts.gate
    this.#workspacePolicy = parts.policy
    this.port = parts.egress(this)
  }

  /** A tag for a command that is about to start. `anyPublicHost`: it was allowed to reach all of them while it runs. */
  begin(source: Pick<Source, 'task' | 'step' | 'call' | 'command' | 'anyPublicHost'>): string {
    const tag = randomBytes(16).toString('hex')
    const [oldest] = this.#sources.keys()
    if (this.#sources.size >= keptSources && oldest !== undefined) this.#sources.delete(oldest)
    this.#sources.set(tag, { ...source, decisions: noDecisions() })
    return tag
  }

  /**
   * The command's call ended. What it left in the background keeps its name and not its permission for every host, nor what
   * it reached by that.
   */
  end(tag: string): void {
    const source = this.#sources.get(tag)
    if (!source) return
    this.#gate.hosts.withdraw(source.task, source.call)
    for (const { decision, times } of [...source.decisions.deny.values(), ...source.decisions.allow.values()]) {
      if (times > 1) this.#tell(source, decision, times)
    }
    this.#sources.set(tag, { ...source, anyPublicHost: false, decisions: noDecisions() })
    if (source.anyPublicHost) this.port.reconsider()
  }

  /** Whether this command waits for a person: its time limit then waits too. */
  waits(tag: string): boolean {
    const source = this.#sources.get(tag)
    return source !== undefined && this.#gate.hosts.pending(source.task, source.call).length > 0
  }

  policy(): NetworkPolicy {
    const { undecided, rules } = this.#workspacePolicy()
    return { undecided, rules: [...rules, ...this.#gate.hostRules()] }
  }

  sourceOf(tag: string | undefined): Source | undefined {
    return tag === undefined ? undefined : this.#sources.get(tag)
  }

  async ask({ host, port, tag }: HostQuestion, signal: AbortSignal): Promise<'allow' | 'deny'> {
    const task = this.#taskAtWork()
    const source = this.sourceOf(tag)
    // Only a task that is at work can be asked for; a terminal's user adds a rule.
    if (!task || (source && source.task !== task.id)) throw new Error('No task is at work that could be asked for.')
    const { call, step, command } = source ?? {
      call: unknownCall,
      step: task.steps,
      command: 'a program in the background',
    }
    return this.#gate.hosts.ask({ task: task.id, step, call, host, port, command: shown(command) }, signal)
  }

  onDecided({ tag, ...decision }: ConnectionDecision & { tag?: string | undefined }): void {
    const source = this.sourceOf(tag)
    const decisions = (source?.decisions ?? this.#decisionsOfNobody())[decision.verdict]
    const key = JSON.stringify([decision.host, decision.port, decision.verdict, decision.rule])
    const known = decisions.get(key)
    if (known) known.times += 1
    if (known || decisions.size >= toldPerSource[decision.verdict]) return
    decisions.set(key, { decision, times: 1 })
    this.#tell(source, decision)
  }

  /** Of programs whose command is not known: told anew in each task. */
  #decisionsOfNobody(): Decisions {
    const task = this.#taskAtWork()?.id
    if (!this.#ofNobody || this.#ofNobody.task !== task) this.#ofNobody = { task, decisions: noDecisions() }
    return this.#ofNobody.decisions
  }

  #taskAtWork() {
    return this.#log.state.tasks.find(({ state }) => state === 'running' || state === 'waiting')
  }

  #tell(source: Source | undefined, decision: ConnectionDecision, times?: number): void {
    this.#log.append({
      type: 'connectionDecided',
      decision,
      ...(source && { task: source.task, call: source.call, command: shown(source.command) }),
      ...(times !== undefined && { times }),
    })
  }
}

/** Enough to know it by; that it goes on is said. */
function shown(command: string): string {
  return command.length > shownCommand ? `${command.slice(0, shownCommand)}…` : command
}

function noDecisions(): Decisions {
  return { allow: new Map(), deny: new Map() }
}

import type { ConnectionDecision, NetworkPolicy } from '#protocol/network.ts'
import { bracketed, type Host } from './hostName.ts'
import { ruling } from './hostRule.ts'
import { type AskAboutConnection, Questions } from './questions.ts'
import { type Resolve, resolveHost } from './resolveHost.ts'
import type { ToldTargets } from './toldTargets.ts'

/** One connection that a program inside made to us. */
export interface Client {
  /** The best guess at whom it belongs to, for programs that do not say. */
  readonly tag: string | undefined
  /** Aborted once it is gone. */
  readonly gone: AbortSignal
  /** Targets that a person allowed while it is open. */
  readonly approved: Set<string>
  readonly told: ToldTargets<Wanted>
  /** Called when a person is asked: from then on an end of the client's bytes counts as gone, until the result is called. */
  readonly watch?: () => () => void
}

/** Where a client wants to go. */
export interface Wanted {
  readonly host: Host
  readonly port: number
  readonly how: ConnectionDecision['how']
  readonly tag: string | undefined
}

export type Admission =
  /** Allowed, and these are the only addresses to dial. Not told yet: `Gate.tell` once nothing else can refuse it. */
  | { readonly type: 'allowed'; readonly addresses: readonly string[]; readonly rule: string; readonly reason: string }
  /** Refused, and told. */
  | { readonly type: 'denied'; readonly rule: string; readonly reason: string }
  /** Allowed and told, but there is no way to it. */
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'gone' }

export interface GateOptions {
  readonly policy: () => NetworkPolicy
  readonly ask: AskAboutConnection
  readonly onDecided: (decision: ConnectionDecision & { tag: string | undefined }) => void
  readonly sourceOf: (tag: string | undefined) => { readonly anyPublicHost: boolean } | undefined
  readonly resolve: Resolve
}

const maxQuestions = 100

/** The one place that lets anything out: rules, then a person, then the addresses that the name really has. */
export class Gate {
  readonly #options: GateOptions
  readonly #questions: Questions

  constructor(options: GateOptions) {
    this.#options = options
    this.#questions = new Questions(options.ask, maxQuestions)
  }

  async admit(wanted: Wanted, client: Client): Promise<Admission> {
    const decided = await this.#decide(wanted, client)
    if (decided === 'gone') return { type: 'gone' }
    if (decided.verdict === 'deny') return this.deny(wanted, client, decided.rule, decided.reason)
    const policy = this.#options.policy()
    const resolved = await resolveHost(wanted.host, wanted.port, policy, this.#options.resolve)
    if (resolved.type === 'refused') return this.deny(wanted, client, resolved.rule, resolved.reason)
    if (resolved.type === 'addresses') return { type: 'allowed', ...decided, addresses: resolved.addresses }
    this.tell(wanted, client, 'allow', decided)
    return { type: 'failed', why: resolved.why }
  }

  /** Whom a connection belongs to: who its program says, where that is known. */
  tagOf(user: string | undefined, client: Client): string | undefined {
    return user !== undefined && this.#options.sourceOf(user) ? user : (client.tag ?? user)
  }

  /** Refuses what the rules may well allow, for how it was asked for. */
  deny(wanted: Wanted, client: Client, rule: string, reason: string): Admission & { type: 'denied' } {
    this.tell(wanted, client, 'deny', { rule, reason })
    return { type: 'denied', rule, reason }
  }

  /** Tells of a decision, once for each target of a connection unless it changes. */
  tell(
    wanted: Wanted,
    client: Client,
    verdict: 'allow' | 'deny',
    { rule, reason }: { readonly rule: string; readonly reason: string },
  ): void {
    const { host, port, how, tag } = wanted
    if (!client.told.isNews(targetOf(host, port), `${verdict} ${rule}`, wanted)) return
    this.#options.onDecided({ host: host.text, port, how, verdict, rule, reason, tag })
  }

  /** Whether all that an open connection leads to may still be reached, now that the rules have changed. */
  stillAllowed(client: Client): boolean {
    return client.told.everyAllowed(({ host, port, tag }) => {
      const { verdict } = ruling(this.#options.policy(), host, port)
      if (verdict !== 'undecided') return verdict === 'allow'
      return client.approved.has(targetOf(host, port)) || !!this.#options.sourceOf(tag)?.anyPublicHost
    })
  }

  async #decide(wanted: Wanted, client: Client): Promise<Decided | 'gone'> {
    const { host, port, how, tag } = wanted
    const said = ruling(this.#options.policy(), host, port)
    if (said.verdict !== 'undecided') return { ...said, verdict: said.verdict }
    const target = targetOf(host, port)
    if (client.approved.has(target)) return { verdict: 'allow', rule: 'approved', reason: 'it was allowed when asked' }
    if (!said.asks && this.#options.sourceOf(tag)?.anyPublicHost) {
      return { verdict: 'allow', rule: 'approved', reason: 'its command was allowed to reach any public host' }
    }
    if (!said.asks && this.#options.policy().undecided === 'deny') return { ...said, verdict: 'deny' }
    const unwatch = client.watch?.()
    const answer = await this.#questions.answer({ host: host.text, port, how, tag }, client.gone)
    unwatch?.()
    switch (answer) {
      case 'withdrawn':
        return 'gone'
      case 'tooMany':
        return { verdict: 'deny', rule: 'tooManyQuestions', reason: 'too many other questions wait for an answer' }
      case 'failed':
        return { verdict: 'deny', rule: 'notAnswered', reason: 'nobody could be asked' }
      case 'deny':
        return { verdict: 'deny', rule: 'denied', reason: 'it was refused when asked' }
    }
    // Rules may have changed while the question was open, and a deny wins over every answer.
    const now = ruling(this.#options.policy(), host, port)
    if (now.verdict !== 'undecided') return { ...now, verdict: now.verdict }
    client.approved.add(target)
    return { verdict: 'allow', rule: 'approved', reason: 'it was allowed when asked' }
  }
}

interface Decided {
  readonly verdict: 'allow' | 'deny'
  readonly rule: string
  readonly reason: string
}

function targetOf(host: Host, port: number): string {
  return `${bracketed(host.text)}:${port}`
}

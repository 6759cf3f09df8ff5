import { createHash } from 'node:crypto'
import type { Action, Approval, Outcome } from '#protocol/approval.ts'
import type { LoggedEvent } from '#protocol/event.ts'
import type { GateCall, GateResult } from '../../daemon/agent/gate.ts'
import { actionHash } from '../../daemon/approval/actionHash.ts'
import { allows, type HostCall, unknownCall } from '../../daemon/session/hostQuestions.ts'
import type { SessionLog } from '../../daemon/session/log.ts'
import { commandAction, connectAction } from './gateModelPolicy.ts'

interface Given {
  readonly seq: number
  readonly outcome: Outcome
  readonly by: string
}

/** One question and everything that was ever recorded as its answer: one thing, if all is well. */
export interface Recorded {
  readonly seq: number
  readonly asked: Approval
  readonly given: readonly Given[]
}

interface RecordParts {
  readonly log: () => SessionLog
  /** What is in force says of it now. */
  readonly verdict: (action: Action, withoutGrants?: boolean) => 'allow' | 'ask' | 'deny'
  /** What orders are read as now. */
  readonly script: () => string
}

/** What the log of a world says, and whether what runs and what is let out may be. */
export class GateModelRecord {
  readonly #parts: RecordParts
  /** All that the log holds, as far as it was read. */
  readonly #events: LoggedEvent[] = []
  /** Answers that a call ran by. */
  readonly #spent = new Set<string>()
  /** Answers that a connection was let out by. */
  readonly #spentOnHosts = new Set<string>()
  /** What was found not to hold, by what came through on its own. */
  readonly #faults: string[] = []

  constructor(parts: RecordParts) {
    this.#parts = parts
  }

  /** How many calls ran, and how many connections were let out, by somebody’s answer. */
  get allowed() {
    return { calls: this.#spent.size, connections: this.#spentOnHosts.size }
  }

  get hashOfScript(): string {
    return createHash('sha256').update(this.#parts.script()).digest('hex')
  }

  /** Oldest first. */
  questions(): Recorded[] {
    return [...recorded(this.events()).values()]
  }

  events(): readonly LoggedEvent[] {
    this.#events.push(...this.#parts.log().after(this.#events.length, 1_000))
    return this.#events
  }

  /** Everything so far that cannot be, whatever happened. */
  faults(): string[] {
    return [...this.#faults, ...faultsOf(this.questions())]
  }

  fault(what: unknown): void {
    this.#faults.push(String(what))
  }

  /** To be told in the moment in which a call begins. */
  began(call: GateCall, result: GateResult & { type: 'allowed' }): void {
    const { decision, arguments: edited } = result
    const action = edited === undefined ? call.action : commandAction(edited)
    if (decision.verdict !== 'allow') this.fault('it ran without an allow')
    if (this.#isDenied(action) || this.#isDenied(call.action)) this.fault('it ran though it is denied')
    if (decision.by === undefined) this.#beganByRule(call)
    else this.#beganByAnswer(call, decision.by)
  }

  /** To be called when a connection is asked for; the result when it is answered. */
  wanted({ task, call, host }: HostCall): (answer: 'allow' | 'deny') => void {
    const spent = new Set(this.#spentOnHosts)
    return (answer) => {
      const action = connectAction(host)
      const about = this.questions().filter(({ asked }) => asked.task === task && hostOf(asked.action) === host)
      if (answer === 'deny') {
        const isDenied = about.some(({ given: [first] }) => first && !allows(first.outcome))
        if (!isDenied && !this.#isDenied(action)) this.fault(`${host} was denied by nobody`)
        return
      }
      if (this.#isDenied(action)) this.fault(`${host} was let out though it is denied`)
      if (this.#parts.verdict(action) === 'allow') return
      const used = about.find(({ asked, given: [first] }) => {
        const isSpent = call === unknownCall && spent.has(asked.id)
        return asked.call === call && first && allows(first.outcome) && !isSpent
      })
      if (used) this.#spentOnHosts.add(used.asked.id)
      else this.fault(`${host} was let out by an answer that is not in the log, or was another’s`)
    }
  }

  #isDenied(action: Action): boolean {
    return this.#parts.verdict(action) === 'deny'
  }

  #beganByRule({ tool, action }: GateCall): void {
    if (this.#parts.verdict(action) !== 'allow') this.fault('it ran by a rule that does not allow it')
    if (this.#parts.verdict(action, true) === 'allow') return
    const granted = this.questions().filter(({ asked }) => asked.hash === actionHash(tool, action))
    const isGranted = granted.some(
      ({ asked, given: [first] }) => first?.outcome.type === 'allowForSession' && this.#isFresh(asked),
    )
    if (!isGranted) this.fault('it ran by a grant that nobody gave')
  }

  #beganByAnswer({ task, call, tool, action }: GateCall, by: string): void {
    if (by !== 'w1' && by !== 'w2') this.fault(`it ran by the answer of ${by}`)
    const used = this.questions().find(({ asked, given: [first] }) => {
      const isOfCall = asked.task === task && asked.call === call && asked.hash === actionHash(tool, action)
      const isAllowed = first?.by === by && allows(first.outcome)
      return isOfCall && isAllowed && !this.#spent.has(asked.id) && this.#isFresh(asked)
    })
    if (used) this.#spent.add(used.asked.id)
    else this.fault('it ran by an answer that is not in the log, was for other bytes, or was used before')
  }

  #isFresh({ dependsOn = [] }: Approval): boolean {
    return dependsOn.every(({ sha256 }) => sha256 === this.hashOfScript)
  }
}

export const hostOf = (action: Action): string | undefined => (action.type === 'connect' ? action.host : undefined)

/** What was asked and answered, by the question’s id; oldest first. */
function recorded(events: readonly LoggedEvent[]): ReadonlyMap<string, Recorded> {
  const found = new Map<string, Recorded & { given: Given[] }>()
  for (const { seq, event } of events) {
    if (event.type === 'approvalAsked') found.set(event.approval.id, { seq, asked: event.approval, given: [] })
    if (event.type !== 'approvalAnswered') continue
    const { approval, outcome, by } = event
    const known = found.get(approval)
    if (!known) throw new Error(`${approval} was answered and never asked`)
    known.given.push({ seq, outcome, by })
  }
  return found
}

/** Who may answer in nobody's name, and with what. */
const ownAnswers: ReadonlyMap<string, readonly Outcome['type'][]> = new Map([
  ['timeout', ['deny']],
  ['cancel', ['deny']],
  ['policy', ['allowOnce', 'deny']],
])

/** What of what was asked and answered cannot be, whatever happened. */
function faultsOf(all: readonly Recorded[]): string[] {
  return all.flatMap(({ seq, asked, given }) => {
    const wrong = given.filter(({ by, outcome }) => ownAnswers.get(by)?.includes(outcome.type) === false)
    const host = hostOf(asked.action)
    const isSettled = all.some(
      (other) => host !== undefined && hostOf(other.asked.action) === host && isDeniedBefore(seq, asked.task, other),
    )
    return [
      ...(given.length > 1 ? [`${asked.id} has ${given.length} outcomes`] : []),
      ...wrong.map(({ by, outcome }) => `${by} answered ${outcome.type}`),
      ...(isSettled ? [`${host} was asked about after it was denied in that task`] : []),
    ]
  })
}

/** By somebody, or by nobody in time; what rules or mode denied is for them to say again. */
function isDeniedBefore(at: number, task: string, { asked, given }: Recorded): boolean {
  return given.some(
    ({ seq, by, outcome }) => asked.task === task && seq < at && by !== 'cancel' && by !== 'policy' && !allows(outcome),
  )
}

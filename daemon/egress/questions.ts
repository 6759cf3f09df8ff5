import type { ConnectionDecision } from '#protocol/network.ts'

/** A program wants to reach a host that no rule decides. */
export interface ConnectQuestion extends Pick<ConnectionDecision, 'host' | 'port' | 'how'> {
  readonly tag: string | undefined
}

/** Puts a question to a person. `signal` withdraws it: nobody waits for the answer any more. */
export type AskAboutConnection = (question: ConnectQuestion, signal: AbortSignal) => Promise<'allow' | 'deny'>

/** What came of it; only `allow` lets anything out. */
export type Answer = 'allow' | 'deny' | 'withdrawn' | 'tooMany' | 'failed'

interface Open {
  readonly withdraw: AbortController
  readonly answer: Promise<'allow' | 'deny' | 'failed'>
  waiting: number
}

/** Questions under way, at most `limit`. All connections of one command to one host and port share one question. */
export class Questions {
  readonly #ask: AskAboutConnection
  readonly #limit: number
  readonly #open = new Map<string, Open>()

  constructor(ask: AskAboutConnection, limit: number) {
    this.#ask = ask
    this.#limit = limit
  }

  async answer(question: ConnectQuestion, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) return 'withdrawn'
    const key = JSON.stringify([question.tag, question.host, question.port])
    const open = this.#open.get(key) ?? this.#put(key, question)
    if (!open) return 'tooMany'
    open.waiting += 1
    const gone = Promise.withResolvers<'withdrawn'>()
    const leave = () => gone.resolve('withdrawn')
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([open.answer, gone.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      open.waiting -= 1
      if (open.waiting === 0 && this.#open.get(key) === open) {
        this.#open.delete(key)
        open.withdraw.abort()
      }
    }
  }

  #put(key: string, question: ConnectQuestion): Open | undefined {
    if (this.#open.size >= this.#limit) return undefined
    const withdraw = new AbortController()
    const asked = async () => this.#ask(question, withdraw.signal)
    const answer = asked().then(
      (said) => (said === 'allow' ? ('allow' as const) : ('deny' as const)),
      () => 'failed' as const,
    )
    const open: Open = { withdraw, answer, waiting: 0 }
    this.#open.set(key, open)
    // Whoever comes after the answer is asked anew: it may have been for once.
    void answer.then(() => this.#open.get(key) === open && this.#open.delete(key))
    return open
  }
}

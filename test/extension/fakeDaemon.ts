import type { DaemonClient } from '#client/daemonClient.ts'
import { DaemonError } from '#client/daemonError.ts'
import type { ProtocolErrorData } from '#protocol/errors.ts'
import type { MethodName, NotificationName, ParamsOf, PayloadOf, ResultOf } from '#protocol/methods.ts'
import { DaemonConnection } from '../../extension/daemonConnection.ts'

type Answers = { [M in MethodName]?: (params: ParamsOf<M>) => ResultOf<M> | Promise<ResultOf<M>> }

/** A daemon in memory behind a real `DaemonConnection`: answers what the test gives it, and remembers what was asked. */
export function fakeDaemon(answers: Answers) {
  const asked: string[] = []
  let current: { cut: () => void; relay: (method: NotificationName, payload: unknown) => void } | null = null
  const timers: (() => void)[] = []
  const dial = async (): Promise<DaemonClient> => {
    const relays: ((method: NotificationName, payload: unknown) => void)[] = []
    let cut = () => {}
    const closed = new Promise<void>((resolve) => {
      cut = resolve
    })
    current = { cut, relay: (method, payload) => relays.forEach((relay) => void relay(method, payload)) }
    return {
      pid: 1,
      build: 'test',
      closed,
      close: cut,
      on: () => () => {},
      onAny: (relay) => {
        relays.push(relay)
        return () => {}
      },
      request: async (method, params) => {
        asked.push(`${method} ${JSON.stringify(params)}`)
        const answer = answers[method] as ((params: unknown) => unknown) | undefined
        if (!answer) throw new Error(`The test has no answer for ${method}.`)
        return (await answer(params)) as never
      },
    }
  }
  const connection = new DaemonConnection({
    dial,
    blocked: () => null,
    greet: async () => {},
    trouble: (error) => ({ why: String(error), fix: '' }),
    after: (_, call) => {
      timers.push(call)
      return () => void timers.splice(timers.indexOf(call), 1)
    },
    now: () => 0,
  })
  return {
    connection,
    /** Every request so far; empties the list. */
    asked: () => asked.splice(0),
    notify: <N extends NotificationName>(method: N, payload: PayloadOf<N>) => current?.relay(method, payload),
    cut: () => current?.cut(),
    /** Lets the pauses before the next attempts pass. */
    passPauses: () => {
      for (const call of timers.splice(0)) call()
    },
    settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
  }
}

export function refused(data: ProtocolErrorData): never {
  throw new DaemonError(data.type, data)
}

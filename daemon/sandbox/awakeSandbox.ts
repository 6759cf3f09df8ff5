import type { Redaction } from './redaction.ts'
import type { Command, Sandbox } from './sandbox.ts'

/** Whether a workspace's open sandboxes answer. */
export interface Wakefulness {
  /** They are held still. */
  readonly isHeld: boolean
  /** Settles when they are not, which may take resuming them. */
  awake(): Promise<void>
}

/**
 * A sandbox as sessions have it: whatever they do in one that is held still makes it go on first. Being looked at from
 * outside, by a connection to a port or a saved file, does not. Every command finds `variables` in its environment.
 */
export function awakeSandbox(
  sandbox: Sandbox,
  wakefulness: Wakefulness,
  { variables, redaction }: { variables: Readonly<Record<string, string>>; redaction: Redaction },
): Sandbox {
  const withVariables = <C extends Pick<Command, 'env'>>(command: C): C => ({
    ...command,
    env: { ...variables, ...command.env },
  })
  const wake = async () => {
    // Where it cannot go on it was closed, which the call itself says.
    if (wakefulness.isHeld) await wakefulness.awake().catch(() => {})
  }
  const awake = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (wakefulness.isHeld) await wake()
      return call(...args)
    }
  }
  const { refresh } = sandbox
  return {
    kind: sandbox.kind,
    runner: sandbox.runner,
    root: sandbox.root,
    home: sandbox.home,
    limits: sandbox.limits,
    closed: sandbox.closed,
    redaction,
    get mountedAt() {
      return sandbox.mountedAt
    },
    exec: awake((command, options) => sandbox.exec(withVariables(command), options)),
    start: awake((command) => sandbox.start(withVariables(command))),
    readFile: awake((path, options) => sandbox.readFile(path, options)),
    writeFile: awake((path, bytes, options) => sandbox.writeFile(path, bytes, options)),
    remove: awake((path) => sandbox.remove(path)),
    makeSymlink: awake((path, target) => sandbox.makeSymlink(path, target)),
    setMode: awake((path, mode) => sandbox.setMode(path, mode)),
    list: awake((path, options) => sandbox.list(path, options)),
    stat: awake((path) => sandbox.stat(path)),
    killAll: awake(() => sandbox.killAll()),
    ports: async () => (wakefulness.isHeld ? [] : sandbox.ports()),
    connect: async (port) => {
      if (wakefulness.isHeld) throw new Error('The sandbox is suspended.')
      return sandbox.connect(port)
    },
    ...(refresh && { refresh: async () => !wakefulness.isHeld && refresh.call(sandbox) }),
    awake: wake,
    close: () => sandbox.close(),
  }
}

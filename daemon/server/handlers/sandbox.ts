import { tooMany } from '#protocol/errors.ts'
import type { SandboxInfo, SandboxKind, SandboxSettings, SandboxStatus, Snapshot } from '#protocol/sandbox.ts'
import type { Caller } from '../caller.ts'
import { forwardPort, type PortForward, type PortSandbox } from '../portForwards.ts'
import type { Handlers } from './handler.ts'

/** The sandboxes of all workspaces, by whatever path a workspace is called. */
export interface Computers {
  at(folder: string): Promise<Computer>
  /** The most recently used first. */
  list(): Computer[]
  /** Values of secrets that an editor keeps; null takes one back. */
  provideSecrets(secrets: Readonly<Record<string, string | null>>): void
}

/** One workspace's. */
interface Computer {
  readonly folder: string
  info(options: { withDisk: boolean }): Promise<SandboxInfo>
  policyText(): Promise<string>
  probe(kind?: SandboxKind): Promise<SandboxStatus>
  configure(settings: Partial<SandboxSettings>): Promise<void>
  ensure(): Promise<void>
  suspend(): Promise<void>
  resume(): Promise<void>
  quarantine(why: string): Promise<void>
  snapshot(name: string): Promise<Snapshot>
  restore(name: string): Promise<void>
  deleteSnapshot(name: string): Promise<void>
  fork(into: Computer, snapshot?: string): Promise<void>
  loss(what: 'reset' | 'dispose'): Promise<string[]>
  reset(): Promise<void>
  dispose(): Promise<void>
}

/** Where ports are. */
export interface PortPlace {
  /** Runs `work` with the session's sandbox, which is open for so long. */
  useSandbox(session: string, work: (sandbox: PortSandbox) => Promise<void>): Promise<void>
}

const maxPorts = 16

/** `onConfigured`: told of what a client set for a workspace, by its real path. */
export function sandboxHandlers(
  computers: Computers,
  place: PortPlace,
  onConfigured: (folder: string, settings: Partial<SandboxSettings>, client: string) => void,
): Handlers<SandboxMethod> {
  const told = async (computer: Computer) => ({ sandbox: await computer.info({ withDisk: false }) })
  /** Does something to one, and tells how it is afterwards. */
  const changed = async (folder: string, change: (computer: Computer) => Promise<unknown>) => {
    const computer = await computers.at(folder)
    await change(computer)
    return told(computer)
  }
  const end = async (folder: string, what: 'reset' | 'dispose', confirmed: boolean) => {
    const computer = await computers.at(folder)
    const loss = await computer.loss(what)
    if (confirmed) await computer[what]()
    return { loss, done: confirmed }
  }
  const forwards = new WeakMap<Caller, Map<string, Promise<PortForward>>>()
  return {
    'sandbox/status': async ({ folder, kind }) => ({ sandbox: await (await computers.at(folder)).probe(kind) }),
    'sandbox/list': async () => ({
      sandboxes: await Promise.all(computers.list().map((computer) => computer.info({ withDisk: false }))),
    }),
    'sandbox/inspect': async ({ folder }) => ({
      sandbox: await (await computers.at(folder)).info({ withDisk: true }),
    }),
    'sandbox/configure': ({ folder, settings }, { wire }) =>
      changed(folder, async (computer) => {
        await computer.configure(settings as Partial<SandboxSettings>)
        onConfigured(computer.folder, settings as Partial<SandboxSettings>, wire.client)
      }),
    'sandbox/open': ({ folder }) => changed(folder, (computer) => computer.ensure()),
    'sandbox/suspend': ({ folder }) => changed(folder, (computer) => computer.suspend()),
    'sandbox/resume': ({ folder }) => changed(folder, (computer) => computer.resume()),
    'sandbox/quarantine': ({ folder, why }) => changed(folder, (computer) => computer.quarantine(why)),
    'sandbox/snapshot': async ({ folder, name }) => ({ snapshot: await (await computers.at(folder)).snapshot(name) }),
    'sandbox/restore': ({ folder, name }) => changed(folder, (computer) => computer.restore(name)),
    'sandbox/deleteSnapshot': ({ folder, name }) => changed(folder, (computer) => computer.deleteSnapshot(name)),
    'sandbox/fork': async ({ folder, into, snapshot }) => {
      const target = await computers.at(into)
      await (await computers.at(folder)).fork(target, snapshot)
      return told(target)
    },
    'sandbox/reset': ({ folder, confirm }) => end(folder, 'reset', confirm),
    'sandbox/dispose': ({ folder, confirm }) => end(folder, 'dispose', confirm),
    'sandbox/policy': async ({ folder }) => ({ text: await (await computers.at(folder)).policyText() }),
    'sandbox/provideSecrets': ({ secrets }) => {
      computers.provideSecrets(secrets)
      return {}
    },
    'sandbox/forwardPort': async ({ session, port }, caller) => {
      const known = forwards.get(caller) ?? new Map<string, Promise<PortForward>>()
      forwards.set(caller, known)
      const key = `${session} ${port}`
      if (!known.has(key) && known.size >= maxPorts) throw tooMany('ports', maxPorts)
      const forward = known.get(key) ?? openForward(place, session, port, caller, () => known.delete(key))
      known.set(key, forward)
      return { port: (await forward).port }
    },
  }
}

/** The sandbox stays open for as long as the forward does. */
function openForward(place: PortPlace, session: string, port: number, caller: Caller, onClosed: () => void) {
  const { promise, resolve, reject } = Promise.withResolvers<PortForward>()
  place
    .useSandbox(session, async (sandbox) => {
      const forward = await forwardPort(sandbox, port)
      caller.ended.addEventListener('abort', forward.close, { once: true })
      if (caller.ended.aborted) forward.close()
      resolve(forward)
      await forward.closed
    })
    .catch(reject)
    .finally(onClosed)
  return promise
}

type SandboxMethod =
  | 'sandbox/status'
  | 'sandbox/list'
  | 'sandbox/inspect'
  | 'sandbox/configure'
  | 'sandbox/open'
  | 'sandbox/suspend'
  | 'sandbox/resume'
  | 'sandbox/quarantine'
  | 'sandbox/snapshot'
  | 'sandbox/restore'
  | 'sandbox/deleteSnapshot'
  | 'sandbox/fork'
  | 'sandbox/reset'
  | 'sandbox/dispose'
  | 'sandbox/policy'
  | 'sandbox/provideSecrets'
  | 'sandbox/forwardPort'

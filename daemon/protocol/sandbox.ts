import * as z from 'zod'
import { method } from './method.ts'
import { NetworkPolicy } from './network.ts'

export const SandboxKind = z.enum(['bubblewrap', 'docker', 'gvisor', 'seatbelt', 'none'])
export type SandboxKind = z.infer<typeof SandboxKind>

/** What runs a workspace's sandboxes of a kind that more than one can run: gVisor, as a runtime of Docker's or by itself. */
export const SandboxRunner = z.enum(['docker', 'runsc'])
export type SandboxRunner = z.infer<typeof SandboxRunner>

/** One clear state: it works, or it does not and this is the one fix. */
export const SandboxStatus = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), kind: z.string(), runner: SandboxRunner.optional() }),
  z.object({ type: z.literal('unavailable'), kind: z.string(), why: z.string(), fix: z.string() }),
])
export type SandboxStatus = z.infer<typeof SandboxStatus>

/** What a sandbox may use; absent is without limit. */
export const Limits = z.object({
  memoryMiB: z.int().min(16).optional(),
  processes: z.int().min(8).optional(),
  /** Processors, as in 1.5. */
  cpus: z.number().min(0.1).optional(),
  /** Open files of one process. */
  openFiles: z.int().min(32).optional(),
  /** The largest file that may be written. */
  fileMiB: z.int().min(1).optional(),
  /** What layer and home may grow by together while the sandbox is open. */
  diskMiB: z.int().min(1).optional(),
  /** What one command may print before it is killed. */
  outputMiB: z.int().min(1).optional(),
})
export type Limits = z.infer<typeof Limits>
export type LimitName = keyof Limits

/** A secret is named by where it is, and never stored: `env:NAME` and `file:/path` of the daemon's, `editor:KEY` of the editor's. */
export const SecretReference = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/),
  from: z.string().regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+|editor:[\w.-]{1,100})$/),
  /** A file inside (`/run/secrets/NAME`, 0400), or a stand-in that the proxy swaps for the value on the way to that host. */
  use: z.discriminatedUnion('type', [
    z.object({ type: z.literal('file') }),
    z.object({ type: z.literal('host'), host: z.string(), pathPrefix: z.string().startsWith('/').optional() }),
  ]),
})
export type SecretReference = z.infer<typeof SecretReference>

/** What the user set for one workspace. Kept by the daemon, out of reach of the workspace's own files. */
export const SandboxSettings = z.object({
  kind: SandboxKind.exclude(['none']),
  /** For kinds that have images; absent is Paddock's own. */
  image: z.string().max(500).optional(),
  limits: Limits,
  network: NetworkPolicy,
  secrets: z.array(SecretReference).max(100),
  /** Whether a session may be started without a sandbox at all. */
  allowNone: z.boolean(),
})
export type SandboxSettings = z.infer<typeof SandboxSettings>

const SandboxState = z.enum(['absent', 'ready', 'suspended', 'failed', 'quarantined'])

export const Snapshot = z.object({ name: z.string(), at: z.number(), bytes: z.number(), kind: SandboxKind })
export type Snapshot = z.infer<typeof Snapshot>

/** All there is to say of a workspace's sandbox. Sizes in bytes. */
export const SandboxInfo = z.object({
  folder: z.string(),
  state: SandboxState,
  /** Where `failed` or `quarantined`. */
  why: z.string().optional(),
  fix: z.string().optional(),
  createdAt: z.number().optional(),
  usedAt: z.number().optional(),
  settings: SandboxSettings,
  /** Where suspended with something in it: what runs goes on also after the daemon ended (`saved`), or only if it did not (`held`). */
  memory: z.enum(['saved', 'held']).optional(),
  /** Chosen when it was first opened, and kept: what is installed lies there. */
  runner: SandboxRunner.optional(),
  /** What the open sandboxes of its sessions hold, and how. */
  open: z.array(
    z.object({
      session: z.string(),
      kind: z.string(),
      runner: SandboxRunner.optional(),
      since: z.number(),
      limits: z.record(z.string(), z.enum(['whole', 'perProcess', 'notEnforced'])),
      ports: z.array(z.object({ port: z.number(), program: z.string().optional() })),
      /** What became of the memory that was saved when it was suspended, where it was opened anew since. */
      resumed: z
        .discriminatedUnion('type', [
          z.object({ type: z.literal('goesOn') }),
          z.object({ type: z.literal('lost'), why: z.string() }),
        ])
        .optional(),
    }),
  ),
  disk: z.object({ home: z.number(), system: z.number(), layers: z.number(), snapshots: z.number() }).optional(),
  /** What home, system and snapshots may take together; a snapshot that would take more is refused. */
  diskLimit: z.number(),
  snapshots: z.array(Snapshot),
  /** Whole days since it was last used, where these are too many. To be told: nothing is deleted for it. */
  unusedDays: z.number().optional(),
})
export type SandboxInfo = z.infer<typeof SandboxInfo>

/** What `sandbox/dispose` and `reset` would take away, in sentences for the person who is asked. */
const Loss = z.array(z.string())

/** By their keys in the editor's secret storage; null takes one back. */
const EditorSecrets = z
  .record(
    z.string().regex(/^[\w.-]{1,100}$/),
    z
      .string()
      .min(1)
      .max(64 * 1024)
      .nullable(),
  )
  .refine((secrets) => Object.keys(secrets).length <= 100, 'At most 100 at a time.')

const Ref = z.object({ folder: z.string() })
const Answer = z.object({ sandbox: SandboxInfo })
const SnapshotName = z.string().regex(/^[\w][\w. -]{0,63}$/)

export const sandboxMethods = {
  /** Probes by running, not by looking: the kind that is set for this workspace, or the one that is named. */
  'sandbox/status': method(Ref.extend({ kind: SandboxKind.optional() }), z.object({ sandbox: SandboxStatus })),
  /** Of every workspace that has one, the most recently used first; without `disk`. */
  'sandbox/list': method(z.object({}), z.object({ sandboxes: z.array(SandboxInfo) })),
  'sandbox/inspect': method(Ref, Answer),
  /** Takes effect when a session's sandbox is next opened; network rules at once. */
  'sandbox/configure': method(Ref.extend({ settings: SandboxSettings.partial() }), Answer),
  /** Makes it if it is absent. Idempotent. */
  'sandbox/open': method(Ref, Answer),
  /** Nothing inside runs until it is resumed; packages and files are kept, and memory as `SandboxInfo.memory` says. Tasks that run are refused with `sessionBusy`. */
  'sandbox/suspend': method(Ref, Answer),
  'sandbox/resume': method(Ref, Answer),
  /** Ends everything inside at once and lets nothing start until `resume`; files stay for a look. */
  'sandbox/quarantine': method(Ref.extend({ why: z.string().max(1000) }), Answer),
  'sandbox/snapshot': method(Ref.extend({ name: SnapshotName }), z.object({ snapshot: Snapshot })),
  'sandbox/restore': method(Ref.extend({ name: SnapshotName }), Answer),
  'sandbox/deleteSnapshot': method(Ref.extend({ name: SnapshotName }), Answer),
  /** Gives another workspace a copy of this one's environment, or of a snapshot of it; refused where it has one. */
  'sandbox/fork': method(Ref.extend({ into: z.string(), snapshot: SnapshotName.optional() }), Answer),
  /** Without `confirm`, only says what would be lost. `reset` keeps settings and snapshots; `dispose` takes all but sessions and their layers. */
  'sandbox/reset': method(Ref.extend({ confirm: z.boolean() }), z.object({ loss: Loss, done: z.boolean() })),
  'sandbox/dispose': method(Ref.extend({ confirm: z.boolean() }), z.object({ loss: Loss, done: z.boolean() })),
  /** What holds in this workspace, in words and as Markdown: isolation, limits, network, secrets by name, and what an agent may, is asked for and may not. */
  'sandbox/policy': method(Ref, z.object({ text: z.string() })),
  /** Values for `editor:KEY` references. Held in the daemon's memory only; taken up when a sandbox is next opened. */
  'sandbox/provideSecrets': method(z.object({ secrets: EditorSecrets }), z.object({})),
  /** A port on this machine's loopback address that leads to one inside; ends with the connection that asked. */
  'sandbox/forwardPort': method(
    z.object({ session: z.string(), port: z.int().min(1).max(65_535) }),
    z.object({ port: z.number() }),
  ),
}

export const sandboxNotifications = {
  /** State, ports, settings or open sandboxes of a workspace changed; at most ten times a second each. */
  'sandbox/changed': z.object({ sandbox: SandboxInfo }),
}

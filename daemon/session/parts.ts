import type { NetworkPolicy } from '#protocol/network.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import type { Model } from '../agent/model.ts'
import type { Tool } from '../agent/tool.ts'
import type { Judge } from '../approval/judge.ts'
import type { LayerProvider } from '../layer/layer.ts'
import type { Redaction } from '../sandbox/redaction.ts'
import type { OpenParams, Sandbox } from '../sandbox/sandbox.ts'
import type { FolderTurns } from './folderTurns.ts'
import type { SkillReading } from './projectSkills.ts'
import type { NetworkOwner, SessionWayOut } from './sessionNetwork.ts'
import type { Store } from './store.ts'

/** What sessions are made of. main.ts hands it over; nothing here knows a concrete kind. */
export interface Parts {
  readonly store: Store
  /** Takes secrets out of all that is logged and told. */
  readonly redaction: Redaction
  /** The layers of a session. */
  readonly layers: (session: { readonly unsandboxed: boolean }) => LayerProvider
  /** The sandbox of a workspace. */
  readonly sandboxOf: (folder: string) => WorkspaceComputer
  /** Guard and policy of a workspace. Loads what they need at the first call. */
  readonly judgeOf: (folder: string) => Promise<Judge>
  /** The one way out of a session's sandbox. */
  readonly egress: (owner: NetworkOwner) => SessionWayOut
  readonly tools: readonly Tool[]
  /** How the skills of a project are found and read. Loads what it needs at the first call. */
  readonly skills: () => Promise<SkillReading>
  /**
   * The model that the next task runs on, or that one goes on with which began on the model of this name. Rejects with a
   * `TaskFailure` where that has to wait until somebody says which. Loads what it needs at the first call.
   */
  readonly model: (begunOn?: string) => Promise<Model>
  /** The user's home directory. */
  readonly userHome: string
  /** A private folder for a session's layer. */
  readonly layerStoreOf: (session: string) => string
  /** Trouble that no request can be answered with: for the daemon's log and for those who watch. */
  readonly trouble: (session: string, error: unknown) => void
  /** Sessions that write the same folder at once would only see each other's files move on. */
  readonly keeps: FolderTurns
}

/** A workspace's sandbox, as its sessions know it. */
interface WorkspaceComputer {
  /** Its network rules as they are now. */
  readonly policy: NetworkPolicy
  /** Throws `sandboxUnavailable` where no session may be of this kind. */
  refuseUnlessAllowed(kind: SandboxKind): void
  open(
    session: string,
    params: Pick<OpenParams, 'layer' | 'network'> & { readonly kind?: SandboxKind | undefined },
  ): Promise<Sandbox>
}

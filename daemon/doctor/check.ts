import type { Finding } from '#protocol/doctor.ts'
import type { NetworkPolicy } from '#protocol/network.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import type { NetworkPort, SandboxProvider } from '../sandbox/sandbox.ts'
import type { Trial } from './trial.ts'

/** What checks try things with. */
export interface Surroundings {
  readonly dataFolder: string
  /** Of their own, so that nothing is answered from what was found earlier. */
  readonly kinds: ReadonlyMap<SandboxKind, SandboxProvider>
  /** The kind of a workspace that set none. */
  readonly usualKind: SandboxKind
  /** The way out of a sandbox, as the daemon has it, by these rules. */
  wayOut(policy: NetworkPolicy): NetworkPort & { close(): void }
}

/** What a check finds: it works (and perhaps how), or why not and the one thing to do about it. */
export type Outcome = string | undefined | { readonly why: string; readonly fix: string }

/** One requirement, found out by doing it. What `run` throws is a failure whose words are the error's. */
export interface Check extends Pick<Finding, 'id' | 'tier' | 'title'> {
  /** Where it applies; everywhere if absent. */
  readonly platforms?: readonly NodeJS.Platform[]
  /** What to do where it throws or does not end. */
  readonly fix: string
  run(patient: Patient): Promise<Outcome>
}

/** What the checks of one examination share. */
export interface Patient extends Surroundings {
  /** A folder in the data folder, or where that cannot be used elsewhere, for this examination alone. */
  readonly scratch: string
  /** What is in the way of using the data folder. */
  readonly dataFault: unknown
  /** The sandbox that is tried, opened when it is first asked for. */
  trial(): Promise<Trial>
  /** Whether the usual kind works: tried once. */
  probe(): ReturnType<SandboxProvider['probe']>
}

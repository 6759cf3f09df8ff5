import type { SandboxRunner } from '#protocol/sandbox.ts'
import type { Command, CommandResult, ExecOptions, Sandbox, SandboxProvider } from '../../../daemon/sandbox/sandbox.ts'
import type { SandboxFolders } from '../../support/sandboxFolders.ts'

/** What the parts of the sandbox contract work with. */
export interface ContractContext {
  readonly kind: string
  /** What every sandbox and its results say of who runs it. */
  readonly by: { readonly kind: string; readonly runner?: SandboxRunner }
  /** The kind gives each workspace a system of its own: `/usr` and `/etc` can be written, and are not the machine's. */
  readonly ownSystem: boolean
  /** What terminals inside lack, where the kernel inside is not the machine's. */
  readonly terminalsLack?: string
  readonly folders: SandboxFolders
  readonly provider: SandboxProvider
  /** Open while the contract runs. */
  readonly sandbox: Sandbox
  /** A path in the workspace. */
  at(name: string): string
  /** Runs a command and compares how it ended and what it printed. */
  check(line: Command['line'], options: Omit<Command, 'line'> & ExecOptions, expected: object): Promise<CommandResult>
  /** The arguments of every process inside but the one that looks. */
  processes(): Promise<string>
}

export const text = (content: Uint8Array) => Buffer.from(content).toString()
export const bytes = (content: string) => new TextEncoder().encode(content)

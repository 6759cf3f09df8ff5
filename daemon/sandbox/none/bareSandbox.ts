import type { Sandbox } from '../sandbox.ts'
import { fencedFiles } from './fencedFiles.ts'

/** A sandbox that is none: it says so with each result, and its file calls stay in the workspace by looking. */
export function bareSandbox(inner: Sandbox): Sandbox {
  const { root, home, kind, mountedAt, limits, closed, start, ports, connect } = inner
  return {
    ...{ root, home, kind, mountedAt, limits, closed, start, ports, connect },
    ...fencedFiles(inner, root),
    async exec(command, options) {
      const result = await inner.exec(command, options)
      const requested = { network: command.network ?? false }
      return { ...result, evidence: { kind, requested, effective: { network: true }, active: false } }
    },
    killAll: () => inner.killAll(),
    close: () => inner.close(),
  }
}

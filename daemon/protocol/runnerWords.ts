import type { SandboxRunner } from './sandbox.ts'

/** To be read after the kind's name. */
const runnerWords: Readonly<Record<SandboxRunner, string>> = {
  docker: 'run by Docker',
  runsc: 'run by runsc itself',
}

/** A kind by its name, and what runs it where that was for something to choose: "gvisor, run by Docker". */
export function withRunner(kind: string, runner: SandboxRunner | undefined): string {
  return runner ? `${kind}, ${runnerWords[runner]}` : kind
}

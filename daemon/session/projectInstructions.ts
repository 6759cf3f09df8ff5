import type { Sandbox } from '../sandbox/sandbox.ts'

const limit = 32 * 1024

/** The project's own words for agents: AGENTS.md, else CLAUDE.md, read inside the sandbox so that links lead nowhere. */
export async function projectInstructions(sandbox: Sandbox): Promise<string | undefined> {
  for (const name of ['AGENTS.md', 'CLAUDE.md']) {
    const read = await sandbox.readFile(`${sandbox.root}/${name}`, { maxBytes: limit })
    if (read.type === 'read' && read.bytes.byteLength > 0) return new TextDecoder().decode(read.bytes)
  }
  return undefined
}

import type { Sandbox } from '../sandbox/sandbox.ts'

const limit = 32 * 1024

/**
 * The project's own words for agents: AGENTS.md, else CLAUDE.md, read inside the sandbox so that links lead nowhere. At
 * most 32 KiB of them, with a marker where there is more, and without the values of secrets, which a link can lead to.
 */
export async function projectInstructions(sandbox: Sandbox): Promise<string | undefined> {
  for (const name of ['AGENTS.md', 'CLAUDE.md']) {
    const read = await sandbox.readFile(`${sandbox.root}/${name}`, { maxBytes: limit })
    if (read.type !== 'read' || read.bytes.byteLength === 0) continue
    const left = read.size - read.bytes.byteLength
    // A character that the limit falls into is left out whole.
    const written = new TextDecoder().decode(read.bytes, { stream: left > 0 })
    const text = sandbox.redaction?.text(written) ?? written
    return left > 0 ? `${text}\n[… ${left.toLocaleString('en')} bytes left out; read ${name} for the rest …]` : text
  }
  return undefined
}

import type { DaemonConnection } from './daemonConnection.ts'
import { SandboxProgram } from './sandboxProgram.ts'
import type { SkillFile } from './skillFolder.ts'

/**
 * Puts a skill into the home of a session's sandbox, at `folder` within it, in the place of what is there. That home is the workspace's own,
 * not the user's. Rejects with what went wrong.
 */
export async function copySkill(
  connection: DaemonConnection,
  session: string,
  folder: string,
  files: readonly SkillFile[],
): Promise<void> {
  const program = new SandboxProgram(connection)
  let said = ''
  program.output.on((text) => {
    said = (said + text).slice(-1000)
  })
  const ending = new Promise<string | null>((resolve) => {
    program.ended.on((end) => {
      if (end.type === 'exited') resolve(end.code === 0 ? null : said.trim() || `it ended with ${end.code}`)
      else resolve(end.type === 'lost' ? end.why : `it was ended by ${end.signal}`)
    })
  })
  await program.start(session, { command: ['sh'] })
  program.write(copyScript(folder, files))
  const why = await ending
  if (why !== null) throw new Error(`The skill could not be put into the sandbox: ${why}`)
}

/** A script for `sh` that makes `folder` in the home directory hold just these files. */
export function copyScript(folder: string, files: readonly SkillFile[]): string {
  const lines = [
    'set -e',
    `folder="$HOME"/${quoted(folder)}`,
    'rm -rf -- "$folder"',
    'mkdir -p -- "$folder"',
    'cd -- "$folder"',
  ]
  const made = new Set<string>()
  for (const { path, bytes, executable } of files) {
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    if (parent !== '' && !made.has(parent)) lines.push(`mkdir -p -- ${quoted(parent)}`)
    made.add(parent)
    const target = quoted(`./${path}`)
    const encoded = Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\n')
    lines.push(`base64 -d > ${target} <<'END'`, encoded, 'END')
    if (executable) lines.push(`chmod 755 -- ${target}`)
  }
  // Nothing tells the shell that its input ends.
  return [...lines, 'exit 0', ''].join('\n')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

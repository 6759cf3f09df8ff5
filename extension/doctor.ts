import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ResultOf } from '#protocol/methods.ts'
import { Blocked } from './daemonConnection.ts'
import { diagnosisText } from './diagnosisText.ts'
import type { EditorWindow } from './editorWindow.ts'
import { busy } from './sandboxCommands.ts'
import { trouble } from './trouble.ts'

type Diagnosis = ResultOf<'daemon/doctor'>

const patienceMs = 120_000

/** "Doctor": what Paddock needs of this machine, each tried by doing it; also where the daemon itself cannot start. */
export async function runDoctor({ connection, documents, extensionPath }: EditorWindow): Promise<void> {
  const text = await busy('The doctor tries what agents need', async () => {
    try {
      await connection.use()
    } catch (error) {
      if (error instanceof Blocked) return diagnosisText(null, error.trouble)
      return diagnosisText(await withoutDaemon(extensionPath), trouble(error))
    }
    return diagnosisText(await connection.request('daemon/doctor', {}), null)
  })
  await documents.show('Doctor.md', text)
}

/** The daemon's program tries the rest by itself; null where not even that runs. */
async function withoutDaemon(extensionPath: string): Promise<Diagnosis | null> {
  const program = join(extensionPath, 'dist', 'daemon', 'main.mjs')
  const env = process.versions['electron'] ? { ...process.env, ELECTRON_RUN_AS_NODE: '1' } : process.env
  try {
    const options = { timeout: patienceMs, maxBuffer: 8 << 20, env }
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'doctor'], options)
    return JSON.parse(stdout) as Diagnosis
  } catch {
    return null
  }
}

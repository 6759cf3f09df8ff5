import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import constantsPart from '../execServer/constants.pl'
import type { Plan } from './launch.ts'
import refresh from './refresh.pl'
import { stagingFolder } from './sandboxView.ts'
import { mountCallNumbers } from './seccompFilter.ts'

const run = promisify(execFile)
const limitMs = 20_000
const busy = 3

/**
 * Mounts the layer of a running sandbox anew; `holder` is its process. `false` where something inside uses it, and the
 * mount stayed: names in it that nothing uses are looked up anew. Throws where the sandbox may be without its layer now.
 */
export async function mountAnew({ mechanism, root, layer }: Plan, holder: number): Promise<boolean> {
  const children = await readFile(`/proc/${holder}/task/${holder}/children`, 'utf8')
  const [server] = children.trim().split(' ')
  if (!server) throw new Error('the sandbox has no process')
  const places = [root, layer.lower, layer.upper, layer.work, stagingFolder()]
  const numbers = [constants.O_DIRECTORY, constants.O_NOFOLLOW, ...mountCallNumbers(), process.pid, holder].map(String)
  const args = ['-w', '-e', `${constantsPart}\n${refresh}`, ...numbers, server, ...places]
  try {
    await run(mechanism.perl, args, { env: {}, timeout: limitMs, cwd: '/' })
    return true
  } catch (error) {
    const { code, stderr } = error as { code?: number; stderr?: string }
    if (code === busy) return false
    throw new Error(stderr?.trim() || String(error))
  }
}

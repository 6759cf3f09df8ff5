import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './places.mjs'
import { SetupStopped } from './say.mjs'

/**
 * Runs one program to its end with its output in a log file; a failure shows the log's last lines.
 * @param {string} name names the log file
 * @param {string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `env` is added to this process's
 * @returns {Promise<void>}
 */
export async function runLogged(name, command, options = {}) {
  const folder = join(cacheFolder, 'logs')
  mkdirSync(folder, { recursive: true })
  const log = join(folder, `${name}.log`)
  const output = createWriteStream(log)
  const [program = '', ...args] = command
  const code = await new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    child.stdout.pipe(output, { end: false })
    child.stderr.pipe(output, { end: false })
    child.on('error', (error) => {
      output.write(`${error.message}\n`)
      resolve(127)
    })
    child.on('close', resolve)
  })
  await new Promise((resolve) => output.end(resolve))
  if (code === 0) return
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-25)
  throw new SetupStopped(`\`${command.join(' ')}\` failed:\n  ${lines.join('\n  ')}\nThe whole log: ${log}`)
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Milliseconds that a program costs that does nothing, started from a small process that stays, as a shell would. */
export async function forkAndExec(count = 100): Promise<number[]> {
  const script = `
    const { spawnSync } = require('node:child_process');
    const samples = [];
    for (let i = 0; i < 20 + ${count}; i++) { const a = performance.now(); spawnSync('/bin/true'); samples.push(performance.now() - a) }
    process.stdout.write(JSON.stringify(samples.slice(20)))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  await once(child, 'close')
  return JSON.parse(out)
}

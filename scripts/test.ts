import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLine } from './commandLine.ts'
import { leftBehind } from './stages/leftBehind.ts'
import { runQuickStages } from './stages/quickStages.ts'
import { type Counts, inWords, runStage, sum } from './stages/stage.ts'
import { endToEnd, packaging, slowTests } from './stages/stages.ts'

const usage = `npm test -- [--quick | --slow | --e2e]

Without an argument everything runs. The last line says how many passed and failed.

  --quick  lint, types, unused code, unit tests
  --slow   the slow tests
  --e2e    the packaged extension in a real VS Code`

const flags = commandLine(usage, {
  quick: { type: 'boolean', default: false },
  slow: { type: 'boolean', default: false },
  e2e: { type: 'boolean', default: false },
})
const all = !flags.quick && !flags.slow && !flags.e2e

// Everything temporary lies in one folder that goes at the end. Short, since Unix sockets have short names.
const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'pt-'))
process.env['TMPDIR'] = temporary
const results: Counts[] = []
try {
  if (all || flags.quick) results.push(...(await runQuickStages()))
  if (all || flags.slow) results.push(await runStage(slowTests))
  if (all || flags.e2e) {
    results.push(await runStage(packaging))
    results.push(await runStage(endToEnd))
  }
  results.push(nothingLeftBehind())
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
const total = sum(results)
console.log(inWords(total))
process.exitCode = total.failed > 0 ? 1 : 0

function nothingLeftBehind(): Counts {
  // Node's and VS Code's own, which neither removes.
  const files = readdirSync(temporary).filter((name) => !/^(node-compile-cache|vscode-)/.test(name))
  if (files.length > 0) console.log(`    left in the temporary folder (removed now): ${files.join(', ')}`)
  const processes = leftBehind(temporary)
  for (const { pid, command } of processes) {
    console.log(`    still running (ended now): ${pid} ${command.slice(0, 200)}`)
    process.kill(pid, 'SIGKILL')
  }
  const failed = processes.length > 0
  console.log(`${failed ? 'FAILED' : 'ok'}  nothing left running`)
  return { passed: failed ? 0 : 1, failed: failed ? 1 : 0, skipped: [] }
}

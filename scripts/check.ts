import { commandLine } from './commandLine.ts'
import { runQuickStages } from './stages/quickStages.ts'
import { inWords, sum } from './stages/stage.ts'

commandLine(
  'npm run check\n\nLint, types, unused code and the unit tests. The last line says how many passed and failed.',
  {},
)
const total = sum(await runQuickStages())
console.log(inWords(total))
process.exitCode = total.failed > 0 ? 1 : 0

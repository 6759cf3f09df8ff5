import { runQuickStages } from './stages/quickStages.ts'
import { inWords, sum } from './stages/stage.ts'

const total = sum(await runQuickStages())
console.log(inWords(total))
process.exitCode = total.failed > 0 ? 1 : 0

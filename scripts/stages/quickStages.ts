import { type Counts, runStage } from './stage.ts'
import { lint, types, unitTests, unusedCode } from './stages.ts'

/** Lint, types, unused code and the unit tests; the latter beside the others. */
export async function runQuickStages(): Promise<Counts[]> {
  const beside = (async () => {
    const results: Counts[] = []
    for (const stage of [types, lint, unusedCode]) results.push(await runStage(stage))
    return results
  })()
  return [await runStage(unitTests), ...(await beside)]
}

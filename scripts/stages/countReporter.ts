import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import type { Counts } from './stage.ts'

/** Writes what a vitest run counted to the file that PADDOCK_COUNTS names. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts: Counts = { passed: 0, failed: unhandled.length, skipped: [] }
    for (const module of modules) {
      let failedTests = 0
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') counts.passed++
        else if (result.state === 'failed') failedTests++
        else
          counts.skipped.push({ name: test.fullName, reason: ('note' in result && result.note) || 'no reason given' })
      }
      // A file that cannot be loaded, or whose hooks fail, has no failed test to show for it.
      counts.failed += failedTests === 0 && module.state() === 'failed' ? 1 : failedTests
    }
    const file = process.env['PADDOCK_COUNTS']
    if (file) writeFileSync(file, JSON.stringify(counts))
  }
}

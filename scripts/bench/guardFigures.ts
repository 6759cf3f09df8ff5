import { type GuardContext, loadGuard } from '../../daemon/approval/guard/guard.ts'
import { keepFootprintSmall } from '../../daemon/smallFootprint.ts'
import { labelled } from '../../test/approval/guard/labelled.ts'
import { type Figure, median, percentile } from './figure.ts'

const rounds = 5

/** What the guard costs a command, with the daemon's own settings of the engine: the labelled set, one after another; of each the fastest of some rounds. */
export async function guardFigures(): Promise<Figure[]> {
  keepFootprintSmall()
  const begin = performance.now()
  const guard = await loadGuard()
  const loading = performance.now() - begin
  const context: GuardContext = { root: '/home/ann/shop', home: '/home/ann', isOriginal: () => true }
  const lines = [...labelled('harmless'), ...labelled('asking'), ...labelled('destructive')]
  const best = lines.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    lines.forEach((command, i) => {
      const start = performance.now()
      guard.examine({ type: 'command', command, cwd: context.root, network: false }, context)
      best[i] = Math.min(best[i] ?? 0, performance.now() - start)
    })
  }
  const worst = 'ls && '.repeat(1_660).concat('ls')
  const startOfWorst = performance.now()
  guard.examine({ type: 'command', command: worst, cwd: context.root, network: false }, context)
  const whole = performance.now() - startOfWorst
  return [
    {
      name: `guard: one of ${lines.length} commands`,
      value: median(best),
      p95: percentile(best, 95),
      p99: percentile(best, 99),
      unit: 'ms',
      aim: 0.3,
    },
    { name: 'guard: 99th of 100 commands', value: percentile(best, 99), unit: 'ms', aim: 5 },
    { name: 'guard: a line of 10,000 characters', value: whole, unit: 'ms', aim: 50 },
    { name: 'guard: loading its parser', value: loading, unit: 'ms' },
  ]
}

/** One measured figure, beside a limit or peer that was measured in the same run. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The 95th percentile, where the value is a median of many. */
  readonly p95?: number
  readonly p99?: number
  readonly limit?: { readonly name: string; readonly value: number }
  /** What we aim at, as a bound of `value`. */
  readonly aim?: number
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 50)
}

export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}

/** Milliseconds of each of `count` runs, after `warmUp` that are not counted. */
export async function time(count: number, run: () => unknown, warmUp = 3): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < warmUp + count; i++) {
    const start = performance.now()
    await run()
    if (i >= warmUp) samples.push(performance.now() - start)
  }
  return samples
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, p95, p99, limit, aim }) => [
    name,
    `${number(value)} ${unit}`,
    p95 === undefined ? '' : number(p95),
    p99 === undefined ? '' : number(p99),
    limit ? `${limit.name} ${number(limit.value)}` : '',
    limit ? `${number(value / limit.value)}x` : '',
    aim === undefined ? '' : `< ${Math.round(aim * 10) / 10} ${value < aim ? 'met' : 'MISSED'}`,
  ])
  const head = ['figure', 'median', 'p95', 'p99', 'limit in this run', 'ratio', 'aim']
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** The figure of many samples. */
export function sampled(name: string, samples: readonly number[], more: Partial<Figure> = {}): Figure {
  return { name, value: median(samples), p95: percentile(samples, 95), unit: 'ms', ...more }
}

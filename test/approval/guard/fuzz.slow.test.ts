import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runs, seed } from '../../support/seed.ts'
import { examined } from './examined.ts'
import { executed } from './fuzz/executed.ts'
import { shellProgram } from './fuzz/shellPrograms.ts'

const batch = 250

const missing = ['strace', 'bwrap'].filter((name) => spawnSync(name, ['--version']).status !== 0)

test.skipIf(missing.length > 0)(
  'A20: every program that a random line starts was reported, or the line was not understood',
  () => {
    const missed: string[] = []
    let understood = 0
    let started = 0
    for (let at = 0; at < runs(500); at += batch) {
      const lines = Array.from({ length: batch }, (_, i) => shellProgram(seed + at + i)).filter(
        (line) => !line.includes('\0'),
      )
      const names = executed(lines)
      lines.forEach((line, i) => {
        const report = examined(line)
        if (!report.understood) return
        understood++
        const known = new Set(report.programs.map(({ name }) => name))
        const unseen = [...new Set(names[i])].filter((name) => !known.has(name))
        started += names[i]?.length ?? 0
        if (unseen.length > 0) missed.push(`${JSON.stringify(line)} started ${unseen.join(', ')}`)
      })
    }
    console.log(
      `figure: random lines that the guard understood: ${understood} of ${runs(500)}, which started ${started} programs, ${missed.length} of them unreported`,
    )
    expect(missed).toEqual([])
    // What refuses everything would pass as well.
    expect(understood).toBeGreaterThan(runs(100))
  },
)

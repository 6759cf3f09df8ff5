import { chmodSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What runs a daemon whose clock is so many milliseconds ahead of the machine’s as was set last. Remove it in any case. */
export interface MovedClock {
  readonly execPath: string
  set(aheadMs: number): void
  remove(): void
}

export function movedClock(): MovedClock {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-clock-')))
  const execPath = join(scratch, 'node')
  const set = (aheadMs: number) => {
    const aside = join(scratch, 'ahead.new')
    writeFileSync(aside, `${aheadMs}`)
    renameSync(aside, join(scratch, 'ahead'))
  }
  set(0)
  const clock = `import { readFileSync } from 'node:fs'
const now = Date.now.bind(Date)
Date.now = () => now() + Number(readFileSync(${JSON.stringify(join(scratch, 'ahead'))}, 'utf8'))`
  writeFileSync(join(scratch, 'clock.mjs'), clock)
  writeFileSync(execPath, `#!/bin/sh\nexec '${process.execPath}' --import '${join(scratch, 'clock.mjs')}' "$@"\n`)
  chmodSync(execPath, 0o755)
  return { execPath, set, remove: () => rmSync(scratch, { recursive: true }) }
}

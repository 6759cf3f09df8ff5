import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { dataFolder } from '#client/dataFolder.ts'

// What V8 made of the program is kept for the next start: in a folder that is this user's alone, because whoever writes there runs as them.
try {
  const folder = dataFolder()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  enableCompileCache?.(join(folder, 'compiled'))
} catch {
  // A home that cannot be written to: the program is compiled anew.
}
await import('./main.ts')

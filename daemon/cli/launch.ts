import { existsSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { dataFolder } from '#client/dataFolder.ts'

// What V8 made of the program is kept for the next start: in a folder that is this user's alone, because whoever writes there runs as them.
// Where there is none yet, a command that needs no daemon leaves none behind.
const folder = dataFolder()
if (existsSync(folder)) module.enableCompileCache?.(join(folder, 'compiled'))
await import('./main.ts')

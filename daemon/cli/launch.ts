import module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from '#client/build.ts'
import { dataFolder } from '#client/dataFolder.ts'
import { keptProgram } from './keptProgram.ts'

// Required, not imported: an import of one of Node’s modules loads everything that it has for anybody.
const { existsSync }: typeof import('node:fs') = createRequire(import.meta.url)('node:fs')

// What V8 made of the program is kept for the next start. Where there is no data folder yet, a command that needs no daemon leaves none behind.
const folder = dataFolder()
const compiled = existsSync(folder) ? join(folder, 'compiled') : undefined
const [command, ...args] = process.argv.slice(2)
if (command === 'skills') {
  // A program of its own, which needs nothing of the others.
  const keeping =
    compiled === undefined ? undefined : { folder: compiled, name: 'skills', build, writes: args[0] === 'check' }
  const program = join(import.meta.dirname, 'cli-skills.cjs')
  const { skillsCommand } = keptProgram<typeof import('./skillsCommand.ts')>(program, keeping)
  process.exitCode = await skillsCommand(args)
} else {
  if (compiled !== undefined) module.enableCompileCache?.(compiled)
  await import('./main.ts')
}

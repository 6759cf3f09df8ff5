import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../setup/places.mjs'
import type { Figure } from './figure.ts'

/** What a user downloads. */
export function packageFigures(): Figure[] {
  execFileSync('npm', ['run', '--silent', 'package'], { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] })
  const { size } = statSync(join(repository, 'dist/paddock.vsix'))
  return [{ name: '.vsix', value: size / 1024 / 1024, unit: 'MB', aim: 3 }]
}

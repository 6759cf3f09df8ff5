import { execFileSync } from 'node:child_process'

/** Before any test: what daemon tests start is the bundle that ships. Quick where nothing changed. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] })
}

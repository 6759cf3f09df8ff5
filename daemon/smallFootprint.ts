import { setFlagsFromString } from 'node:v8'

/**
 * Holds for the whole process, and for what is loaded after it. Small young generation, compact code: 35 MB less in a long session, for a
 * tenth of a millisecond a step. WebAssembly is compiled once and not optimised: to do so with the grammar of bash takes 500 MB
 * for a second, of which 40 stay, and saves 0.05 ms a line. What an engine does not know of these it passes over.
 */
export function keepFootprintSmall(): void {
  for (const flag of flags) setFlagsFromString(flag)
}

const flags = [
  '--semi-space-growth-factor=1',
  '--optimize-for-size',
  // One without the other has no effect.
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
]

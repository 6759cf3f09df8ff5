import './bench/textFiles.ts'
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { activationFigures } from './bench/activationFigures.ts'
import { daemonFigures } from './bench/daemonFigures.ts'
import { type Figure, table } from './bench/figure.ts'
import { keepFigures } from './bench/keepFigures.ts'
import { packageFigures } from './bench/packageFigures.ts'
import { stepFigures } from './bench/stepFigures.ts'

// What is imported late names files that are text: textFiles.ts must have run by then.
/** Every group of figures; `npm run bench -- step keep` runs some of them, `--json` prints them as data. */
const groups: Record<string, () => Figure[] | Promise<Figure[]>> = {
  activation: activationFigures,
  daemon: daemonFigures,
  step: stepFigures,
  keep: keepFigures,
  sandbox: async () => (await import('./bench/sandboxFigures.ts')).sandboxFigures(),
  layer: async () => (await import('./bench/layerFigures.ts')).layerFigures(),
  egress: async () => (await import('./bench/egressFigures.ts')).egressFigures(),
  policy: async () => (await import('./bench/policyFigures.ts')).policyFigures(),
  approval: async () => (await import('./bench/approvalFigures.ts')).approvalFigures(),
  guard: async () => (await import('./bench/guardFigures.ts')).guardFigures(),
  skill: async () => (await import('./bench/skillFigures.ts')).skillFigures(),
  package: packageFigures,
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.find((name) => !Object.hasOwn(groups, name))
if (unknown) throw new Error(`There is no group "${unknown}": ${Object.keys(groups).join(', ')}.`)

execFileSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] })

const figures: Figure[] = []
for (const [name, measure] of Object.entries(groups)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  if (!values.json) console.error(`measuring ${name} …`)
  figures.push(...(await measure()))
}
console.log(values.json ? JSON.stringify(figures, null, 2) : table(figures))

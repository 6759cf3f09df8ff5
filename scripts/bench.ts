import './bench/textFiles.ts'
import { execFileSync } from 'node:child_process'
import { activationFigures } from './bench/activationFigures.ts'
import { daemonFigures } from './bench/daemonFigures.ts'
import { type Figure, table } from './bench/figure.ts'
import { keepFigures } from './bench/keepFigures.ts'
import { packageFigures } from './bench/packageFigures.ts'
import { stepFigures } from './bench/stepFigures.ts'
import { commandLine } from './commandLine.ts'

// What is imported late names files that are text: textFiles.ts must have run by then.
/** Every group of figures. */
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

const usage = `npm run bench -- [--json] [GROUP…]

Measures against limits in the same run. Without a group all of them:
${Object.keys(groups).join(', ')}.

  --json  the figures as data`

const { json, words } = commandLine(usage, { json: { type: 'boolean', default: false } }, Object.keys(groups))

execFileSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] })

const figures: Figure[] = []
for (const [name, measure] of Object.entries(groups)) {
  if (words.length > 0 && !words.includes(name)) continue
  if (!json) console.error(`measuring ${name} …`)
  figures.push(...(await measure()))
}
console.log(json ? JSON.stringify(figures, null, 2) : table(figures))

import type { Effect, GuardReport, Risk } from './guard.ts'

/** What the guard found, in words. Nothing in here is made visible yet: whoever shows it knows how. */
export interface GuardFact {
  readonly name: string
  readonly values: readonly string[]
}

const effectNames: Record<Effect, string> = {
  look: 'only looks',
  write: 'changes files',
  run: 'runs code, which does whatever its sandbox lets it',
  unknown: 'cannot be told beforehand',
}

export const riskNames: Record<Risk, string> = {
  low: 'Low risk',
  medium: 'Medium risk',
  high: 'High risk',
  critical: 'Critical risk',
}

/** An action's effect, in our own words, and then what it would start and touch, the gravest first and nothing that is empty. `shown` says how paths are told. */
export function guardFacts(report: GuardReport, shown: (path: string) => string = (path) => path): GuardFact[] {
  const pathsOf = (effect: string) =>
    report.paths
      .filter((path) => path.effect === effect)
      .map(({ path, tree }) => (tree ? `${shown(path)} and all below` : shown(path)))
  const facts: GuardFact[] = [
    { name: 'Effect', values: [effectOf(report)] },
    { name: 'Runs', values: report.programs.map(programLine) },
    { name: 'Deletes', values: pathsOf('delete') },
    { name: 'Writes', values: pathsOf('write') },
    { name: 'Reads', values: pathsOf('read') },
    { name: 'Reaches', values: report.hosts },
  ]
  return facts.filter(({ values }) => values.length > 0)
}

export function isConsequential(report: GuardReport | undefined): boolean {
  return report?.reasons.some(({ consequential }) => consequential) ?? false
}

export const consequence = 'Neither the sandbox nor the copy of your files can take this back.'

function effectOf({ effect, understood }: GuardReport): string {
  const name = effectNames[effect]
  return understood ? name : `${name}; a part of it could not be read, so more may happen than stands here`
}

/** A program with its words, `…` for one that is only known when it runs: `sudo → rm -rf …`. */
function programLine({ argv, via }: GuardReport['programs'][number]): string {
  return [...via, argv.map((word) => word ?? '…').join(' ')].join(' → ')
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Action } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { loadGuard } from '../../daemon/approval/guard/guard.ts'
import { decide } from '../../daemon/approval/policy/decide.ts'
import type { Examine } from '../../daemon/approval/policy/examples.ts'
import { parsePolicy } from '../../daemon/approval/policy/parsePolicy.ts'
import { PolicySources } from '../../daemon/approval/policy/policySources.ts'
import { type RuleSet, ruleSet } from '../../daemon/approval/policy/ruleSet.ts'
import { context, home, root } from '../../test/approval/policy/reports.ts'
import { type Figure, median, percentile, sampled, time } from './figure.ts'

const many = 1_000
const aim = 0.2

/** What a decision costs where there are a thousand rules, and what it costs to have them. */
export async function policyFigures(): Promise<Figure[]> {
  const guard = await loadGuard()
  const place = { root, home }
  const examine: Examine = (action, at) => guard.examine(action, { ...at, isOriginal: () => true })
  const cases = actions.map((action) => ({ action, report: examine(action, place) }))
  const decided = async (name: string, rules: readonly PolicyRule[]) => {
    const inForce = context({ policy: spread(rules) })
    const samples: number[] = []
    for (const { action, report } of cases)
      samples.push(...(await time(200, () => decide(action, report, inForce), 50)))
    return sampled(name, samples, { p99: percentile(samples, 99), aim })
  }
  const text = stringify({ version: 1, rules: mixed })
  return [
    await decided('a decision without rules', []),
    await decided('a decision, 1,000 rules of all kinds', mixed),
    await decided('a decision, 1,000 rules about one program', aboutGit),
    await decided('a decision, 1,000 rules about paths', aboutPaths),
    sampled('reading 1,000 rules', await time(10, () => parsePolicy(text, '/policy.yaml', examine))),
    await lookFigure(text, examine),
  ]
}

/** Whether a file changed is looked at before every decision. */
async function lookFigure(text: string, examine: Examine): Promise<Figure> {
  const base = mkdtempSync(join(tmpdir(), 'paddock-bench-'))
  const file = join(base, 'policy.yaml')
  writeFileSync(file, text)
  const sources = new PolicySources({
    examine,
    places: { dataFolder: join(base, 'data'), managed: undefined, user: { file, owners: undefined } },
  })
  try {
    const samples = await time(2_000, () => sources.of(base), 100)
    return { name: 'looking whether a policy changed', value: median(samples), unit: 'ms' }
  } finally {
    sources.close()
    rmSync(base, { recursive: true })
  }
}

const command = (line: string, network = false): Action => ({ type: 'command', command: line, cwd: root, network })
const actions: readonly Action[] = [
  ...[
    'ls -la src',
    'npm test',
    'git status && git diff --stat',
    'git -C sub push origin main --force',
    'grep -rn "TODO" src | head -20',
    'rm -rf build dist && mkdir build',
    'find . -name "*.ts" -exec wc -l {} +',
    'cd packages/a && npm run build > ../../build.log 2>&1',
    'python3 -c "print(1)"',
    'for f in src/*.ts; do cat "$f"; done',
    '$TOOL run',
  ].map((line) => command(line)),
  command('npm install left-pad', true),
  { type: 'read', path: `${root}/src/deep/er/file.ts` },
  { type: 'write', path: `${root}/src/file500.ts`, size: 1, sha256: '' },
  { type: 'search', path: root, pattern: 'x' },
  { type: 'connect', host: 'registry500.example.com', port: 443, command: '' },
]

function made(count: number, make: (at: number) => PolicyRule): PolicyRule[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

const verdictOf = (at: number) => (['deny', 'ask', 'allow'] as const)[at % 3] ?? 'ask'
const aboutPrograms = made(400, (at) => ({
  verdict: verdictOf(at),
  program: [`tool${at % 150}`, `verb${at}`, '--force'],
}))
const aboutGit = made(many, (at) => ({ verdict: verdictOf(at), program: ['git', `verb${at}`, 'origin'] }))
const aboutPaths = made(many, (at) => ({
  verdict: verdictOf(at),
  path: `${['src/**/secret*', 'src/file', '~/.config/tool', '**/name'][at % 4]}${at}`,
}))
const mixed = [
  ...aboutPrograms,
  ...aboutGit.slice(0, 100),
  ...aboutPaths.slice(0, 250),
  ...made(150, (at) => ({ verdict: verdictOf(at), host: `${at % 2 ? '*.' : ''}registry${at}.example.com` })),
  ...made(100, (at) => ({ verdict: verdictOf(at), command: `make target${at}` })),
] satisfies PolicyRule[]

/** Over all sources, as they come. */
function spread(rules: readonly PolicyRule[]): RuleSet[] {
  const sources = ['managed', 'user', 'workspace', 'repository'] as const
  return sources.map((source, at) =>
    ruleSet(source, { rules: rules.filter((_, index) => index % sources.length === at) }),
  )
}

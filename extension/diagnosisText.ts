import type { ResultOf } from '#protocol/methods.ts'
import { visible } from '#protocol/visible.ts'
import type { Trouble } from './daemonConnection.ts'

type Diagnosis = ResultOf<'daemon/doctor'>
type Finding = Diagnosis['findings'][number]

const verdicts: Readonly<Record<Diagnosis['verdict'], string>> = {
  ok: 'All is well: agents can work.',
  degraded: 'Agents can work. Some features are missing.',
  failed: 'Agents cannot work here until what is marked is mended.',
}

const tiers: readonly (readonly [Finding['tier'], string])[] = [
  ['core', 'Needed for anything'],
  ['safety', 'Needed for agents to work safely'],
  ['feature', 'Features'],
]

/** What the doctor found, as Markdown for a person: the verdict, what to mend first, then everything. */
export function diagnosisText(diagnosis: Diagnosis | null, daemon: Trouble | null): string {
  const verdict = daemon ? 'failed' : (diagnosis?.verdict ?? 'failed')
  const missing: Finding[] = daemon
    ? [{ id: 'daemon', tier: 'core', title: 'The daemon answers', outcome: { type: 'failed', ...daemon } }]
    : []
  const findings = [...missing, ...(diagnosis?.findings ?? [])]
  const failed = findings.filter(({ outcome }) => outcome.type === 'failed')
  const mend = failed.length > 0 ? ['## What to mend', failed.map(failureText).join('\n')] : []
  const all = tiers.flatMap(([tier, title]) => {
    const lines = findings.filter((finding) => finding.tier === tier).map(findingText)
    return lines.length > 0 ? [`## ${title}`, lines.join('\n')] : []
  })
  const rest = diagnosis ? all : ['Nothing else could be tried.']
  return `${['# Paddock Doctor', verdicts[verdict], ...mend, ...rest].join('\n\n')}\n`
}

function failureText({ title, outcome }: Finding): string {
  if (outcome.type === 'ok') return ''
  return `- ${plain(title)}\n  - Why: ${plain(outcome.why)}\n  - Fix: ${plain(outcome.fix)}`
}

function findingText({ title, outcome }: Finding): string {
  if (outcome.type === 'failed') return `- ✗ ${plain(title)}`
  return `- ✓ ${plain(title)}${outcome.detail ? ` (${plain(outcome.detail)})` : ''}`
}

/** On one line, and never markup of the document. */
function plain(text: string): string {
  return visible(text)
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[\\`*<>[\]]/g, '\\$&')
}

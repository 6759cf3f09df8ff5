import { modeWords } from '#protocol/modeText.ts'
import type { Mode } from '#protocol/policy.ts'

/** What may stand in a policy file: a key, what it means, how it is written, and the values that it can have. */
export interface PolicyWord {
  readonly key: string
  readonly means: string
  /** Written behind the key; `$1` is where one types. */
  readonly snippet: string
  readonly values?: readonly { readonly value: string; readonly means: string }[]
}

const modes = (Object.keys(modeWords) as Mode[]).map((value) => ({ value, means: modeWords[value].does }))
const verdicts = [
  { value: 'deny', means: 'Never. Beats every ask and allow, whoever wrote it.' },
  { value: 'ask', means: 'Ask a person. Beats every allow.' },
  { value: 'allow', means: 'Without a question, where no rule asks or denies.' },
]
const accesses = [
  { value: 'read', means: 'Looking at it.' },
  { value: 'write', means: 'Making or changing it.' },
  { value: 'delete', means: 'Removing it.' },
]
const onlyTrue = [{ value: 'true', means: 'Leave the key out for the contrary.' }]

export const policyWords: readonly PolicyWord[] = [
  { key: 'version', means: 'Which form the file has: 1.', snippet: '1', values: [{ value: '1', means: 'This one.' }] },
  { key: 'mode', means: 'How sessions begin: what becomes of what no rule decides.', snippet: '$1', values: modes },
  {
    key: 'denyUnansweredAfter',
    means: 'After so many minutes a question that nobody answered is denied. Without it, it waits.',
    snippet: '$1',
  },
  {
    key: 'rules',
    means: 'What is denied, asked about and allowed. A deny beats an ask beats an allow.',
    snippet: '\n  - $1',
  },
]

export const ruleWords: readonly PolicyWord[] = [
  { key: 'verdict', means: 'What becomes of what the rule is about.', snippet: '$1', values: verdicts },
  {
    key: 'program',
    means:
      'A program and the first of its words. An allow wants these very words; an ask or deny also finds them by another path, with options between or behind them, and in other spellings. One word may be a list of choices.',
    snippet: '[$1]',
  },
  { key: 'exactly', means: 'Of `program`: these words and no more.', snippet: 'true', values: onlyTrue },
  { key: 'command', means: 'One whole command line, byte for byte.', snippet: '"$1"' },
  {
    key: 'network',
    means: 'Of `program` and `command` allows: also where it asks to reach any public host while it runs.',
    snippet: 'true',
    values: onlyTrue,
  },
  {
    key: 'path',
    means: 'Files: below the workspace (`src/**`), below home (`~/…`) or absolute. `*`, `?` and `**` stand for others.',
    snippet: '"$1"',
  },
  { key: 'access', means: 'Of `path`: only for these. Without it, for all three.', snippet: '[$1]', values: accesses },
  { key: 'host', means: 'A host: `example.com`, `"*.example.com"` or an address.', snippet: '"$1"' },
  { key: 'ports', means: 'Of `host`: only these ports. An allow without it is for 80 and 443.', snippet: '[$1]' },
  { key: 'tool', means: 'A tool’s name. An allow covers only tools that are not Paddock’s own.', snippet: '"$1"' },
  { key: 'schema', means: 'Of `tool`: as long as the SHA-256 of what it says of itself is this.', snippet: '"$1"' },
  { key: 'name', means: 'What the rule is called in the log and to people.', snippet: '$1' },
  { key: 'reason', means: 'Told to whoever is asked, and to the agent where it is denied.', snippet: '$1' },
  { key: 'match', means: 'Examples that the rule must decide. Checked when it is read.', snippet: '["$1"]' },
  { key: 'not_match', means: 'Examples that the rule must not decide. Checked when it is read.', snippet: '["$1"]' },
]

/** Of these a rule has exactly one. */
export const abouts: ReadonlySet<string> = new Set(['program', 'command', 'path', 'host', 'tool'])

/** What a new policy file begins with. */
export const policyTemplate = (
  whose: string,
) => `# What agents may do, for ${whose}. Paddock reads this file anew whenever it is saved.
# A deny beats an ask beats an allow, whoever wrote it. What no rule decides is for the mode.
version: 1

# How sessions begin: plan, ask, auto (as without this line) or unattended.
# mode: auto

# Deny what nobody answered within so many minutes.
# denyUnansweredAfter: 60

rules:
  # - verdict: deny
  #   program: [git, push]
  #   reason: I push myself.
  # - verdict: ask
  #   path: "migrations/**"
  #   access: [write, delete]
  # - verdict: allow
  #   host: registry.npmjs.org
`

import { modeWords } from '#protocol/modeText.ts'
import { ruleSentence, ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import type { PolicySourceInfo } from './folderPolicy.ts'

/** What a folder's policy says: what trusting it would change first. All of it is indented, so that nothing in it is a link. */
export function trustDocument({ path, sha256, mode, rules, trusted }: PolicySourceInfo): string {
  const lines = (verdict: 'allow' | 'ask' | 'deny') =>
    rules.filter((rule) => rule.verdict === verdict).flatMap((rule) => [ruleSentence(rule), `  ${ruleText(rule)}`])
  const allows = lines('allow')
  const begins = mode ? [`Sessions begin in the mode ${modeWords[mode].name}. ${modeWords[mode].does}`] : []
  const tightening = [...lines('deny'), ...lines('ask')]
  const part = (title: string, all: readonly string[]) => [
    `## ${title}`,
    '',
    ...(all.length > 0 ? all : ['Nothing.']).map((line) => `    ${line}`),
    '',
  ]
  return [
    '# A policy that comes with the folder',
    '',
    `    ${visible(path)}`,
    `    SHA-256 of its content: ${sha256 ?? 'none'}`,
    '',
    ...part(trusted ? 'In force because you trust it' : 'Only in force once you trust it', [...begins, ...allows]),
    ...part('In force anyway: it only tightens', tightening),
  ].join('\n')
}

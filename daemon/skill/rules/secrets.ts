import type { SkillDocument } from '../document/document.ts'
import type { Hit } from './rule.ts'

/** Keys and tokens by how they begin. */
const kinds: readonly { readonly title: string; readonly pattern: string }[] = [
  { title: 'an AWS access key', pattern: String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b` },
  { title: 'a GitHub token', pattern: String.raw`\bgh[pousr]_[A-Za-z0-9]{36,100}\b` },
  { title: 'a GitHub token', pattern: String.raw`\bgithub_pat_[A-Za-z0-9_]{60,100}\b` },
  { title: 'a GitLab token', pattern: String.raw`\bglpat-[A-Za-z0-9_-]{20,60}` },
  { title: 'an Anthropic key', pattern: String.raw`\bsk-ant-[A-Za-z0-9_-]{30,200}` },
  { title: 'an OpenAI key', pattern: String.raw`\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{40,200}` },
  { title: 'a Slack token', pattern: String.raw`\bxox[abprs]-[A-Za-z0-9-]{20,200}` },
  { title: 'a Google API key', pattern: String.raw`\bAIza[A-Za-z0-9_-]{35}` },
  { title: 'a Stripe key', pattern: String.raw`\b[sr]k_live_[A-Za-z0-9]{20,100}\b` },
  { title: 'an npm token', pattern: String.raw`\bnpm_[A-Za-z0-9]{36}\b` },
  { title: 'a PyPI token', pattern: String.raw`\bpypi-[A-Za-z0-9_-]{50,250}` },
  { title: 'a Hugging Face token', pattern: String.raw`\bhf_[A-Za-z0-9]{30,50}\b` },
  { title: 'a SendGrid key', pattern: String.raw`\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{40,50}` },
  { title: 'a private key', pattern: '-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----' },
]

/** One of these stands in every secret that is found, in small letters. */
export const secretWords: readonly string[] =
  'akia asia ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- sk- xoxa- xoxb- xoxp- xoxr- xoxs- aiza k_live_ npm_ pypi- hf_ sg. -----begin apikey api_key api-key accesstoken access_token access-token authtoken auth_token auth-token password passwd secret'.split(
    ' ',
  )

const anyKey = new RegExp(kinds.map(({ pattern }) => `(${pattern})`).join('|'), 'g')
const assigned =
  /\b(?:api[_-]?key|secret(?:[_-]?key)?|access[_-]?token|auth[_-]?token|password|passwd|client[_-]?secret)["']?[ \t]{0,4}[:=][ \t]{0,4}["']([^\s"'`$<>{}]{12,120})["']/gi
const placeholder =
  /example|sample|your|dummy|fake|test|placeholder|change[_-]?me|redacted|xxx|\.\.\.|…|\*\*\*|1234567|abc\d|secure|passw?o?r?d?[_-]?\d|secret|xyz|qwerty|admin|abcdef|insert|todo|replace|here/i

/** Keys, tokens and passwords that are written out. What is plainly made up is none. */
export function secretsIn({ text }: SkillDocument): Hit[] {
  const keys = [...text.matchAll(anyKey)].flatMap((match): Hit[] => {
    const kind = kinds[match.slice(1).findIndex((group) => group !== undefined)]!
    const isPem = kind.title === 'a private key'
    const body = isPem ? text.slice(match.index + match[0].length, match.index + match[0].length + 200) : match[0]
    if (placeholder.test(body) || (isPem ? !/[A-Za-z0-9+/=]{40}/.test(body) : !isRandom(match[0]))) return []
    return [{ span: { start: match.index, end: match.index + match[0].length }, message: toldOf(kind.title) }]
  })
  const values = [...text.matchAll(assigned)].flatMap((match): Hit[] => {
    const value = match[1]!
    const start = match.index + match[0].length - value.length - 1
    const span = { start, end: start + value.length }
    if (placeholder.test(value) || !isRandom(value) || !/\d/.test(value)) return []
    if (keys.some((key) => key.span.start < span.end && span.start < key.span.end)) return []
    return [{ span, message: toldOf('a secret') }]
  })
  return [...keys, ...values]
}

function toldOf(kind: string): string {
  return `This looks like ${kind}. Take it out, make it invalid, and let the skill read it from the environment.`
}

/** Whether characters are as mixed as in something that a machine has made up. */
function isRandom(text: string): boolean {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const times of counts.values()) bits -= (times / text.length) * Math.log2(times / text.length)
  return bits >= 3
}

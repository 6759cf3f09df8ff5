import { isMap, isSeq, parseDocument } from 'yaml'
import type { PolicyRule } from '#protocol/policy.ts'

/** A policy file's text with these rules behind its others; comments and layout of the rest stay. Undefined where it is no policy. */
export function withRules(text: string, rules: readonly PolicyRule[], header: string): string | undefined {
  const json = jsonPolicy(text)
  if (json) return `${JSON.stringify({ ...json, rules: [...json.rules, ...rules] }, null, 2)}\n`
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false })
  if (document.errors.length > 0) return undefined
  if (document.contents === null) {
    const comment = text.trim() === '' ? `${header}\n` : `${text.trimEnd()}\n`
    return withRules(`${comment}version: 1\nrules: []\n`, rules, header)
  }
  if (!isMap(document.contents)) return undefined
  const list = document.get('rules')
  if (list !== undefined && list !== null && !isSeq(list)) return undefined
  if (!isSeq(list)) document.set('rules', document.createNode([]))
  const into = document.get('rules')
  if (!isSeq(into)) return undefined
  if (into.items.length === 0) into.flow = false
  for (const rule of rules) {
    const node = document.createNode(rule, { aliasDuplicateObjects: false })
    for (const pair of isMap(node) ? node.items : []) if (isSeq(pair.value)) pair.value.flow = true
    into.add(node)
  }
  return document.toString({ lineWidth: 0 })
}

/** Without the rule at this place of the list. */
export function withoutRule(text: string, at: number): string | undefined {
  const json = jsonPolicy(text)
  if (json) return `${JSON.stringify({ ...json, rules: json.rules.toSpliced(at, 1) }, null, 2)}\n`
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false })
  const list = document.errors.length > 0 ? undefined : document.get('rules')
  if (!isSeq(list) || at >= list.items.length) return undefined
  list.delete(at)
  return document.toString({ lineWidth: 0 })
}

/** JSON stays JSON: there are no comments to keep. */
function jsonPolicy(text: string): { rules: unknown[] } | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const json = JSON.parse(text) as { rules?: unknown }
    const { rules = [] } = json
    return Array.isArray(rules) ? { ...json, rules } : undefined
  } catch {
    return undefined
  }
}

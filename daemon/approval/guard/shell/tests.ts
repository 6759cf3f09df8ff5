import { readWord, type WordReader } from './readWord.ts'
import { isNumeric, type State } from './state.ts'
import type { Syntax } from './syntax.ts'

/** A test between brackets that only tests: in `[[ ]]` a comparison of numbers is arithmetic, which may run a command. */
export function isPlainTest(part: Syntax, state: State, reader: WordReader, line: string): boolean {
  const isDouble = part.children[0]?.type === '[['
  const text = ({ start, end }: Syntax) => line.slice(start, end)
  const plain = (each: Syntax): boolean => {
    if (!each.named) return true
    if (each.type === 'regex' || each.type === 'extglob_pattern') return !/[$`<>]/.test(text(each))
    if (each.type === 'test_operator') return text(each) !== '-v' && text(each) !== '-R'
    if (!expressions.has(each.type)) {
      readWord(each, state, reader)
      return true
    }
    const compares = each.children.some((child) => child.type === 'test_operator' && comparisons.test(text(child)))
    if (isDouble && compares && !each.children.every((child) => isNumber(child, state, text))) return false
    return each.children.every(plain)
  }
  return part.children.every(plain)
}

const expressions = new Set(['binary_expression', 'unary_expression', 'parenthesized_expression'])
const comparisons = /^-(eq|ne|lt|le|gt|ge)$/

function isNumber(part: Syntax, { variables }: State, text: (part: Syntax) => string): boolean {
  if (!part.named || part.type === 'test_operator') return true
  const raw = text(part).replace(/^"(.*)"$/, '$1')
  const name = /^\$\{?(#?\w+|[?#!$])\}?$/.exec(raw)?.[1]
  if (name === undefined) return /^-?\d+$/.test(raw)
  return !variables.has(name) || isNumeric(variables.get(name))
}

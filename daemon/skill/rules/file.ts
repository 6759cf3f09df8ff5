import { clientIds, clients } from '../clients/clients.ts'
import { isEcosystemKey, skillKey } from '../clients/keys.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd, longestData, longestFrontmatter, nextLine, type Span, textStart } from '../document/fences.ts'
import { dataKinds, isMarkdown } from '../document/kinds.ts'
import type { Entry, Value } from '../document/value.ts'
import type { Fault } from '../document/yaml.ts'
import { oddCharacters, trailing } from './characters.ts'
import { listed, nounOf } from './entries.ts'
import { hitsAmong } from './hits.ts'
import { once } from './once.ts'
import { type Hit, ruleTable } from './rule.ts'

const withFrontmatter = ['skill', 'flatSkill', 'agent', 'instructions', 'memory'] as const
const withYaml = [...withFrontmatter, 'openaiYaml'] as const
const repairers = clientIds.filter((id) => clients[id].repairsColons)

/** Y: the file and its YAML. */
export const fileRules = ruleTable({
  Y01: {
    title: 'No frontmatter',
    severity: 'error',
    kinds: ['skill', 'agent'],
    why: 'Without frontmatter there is no name and no description, and most clients do not load the file.',
    source: 'specification',
    check: (document) => {
      if (document.fences || lateFrontmatter(document)) return []
      const start = textStart(document.text)
      const message = `A${nounOf(document) === 'agent' ? 'n agent file' : ' skill'} begins with frontmatter: \`name\` and \`description\` between two \`---\` lines.`
      return [{ span: { start, end: lineEnd(document.text, start) }, message }]
    },
  },
  Y02: {
    title: 'Frontmatter is not at the beginning',
    severity: 'error',
    kinds: ['skill', 'agent', 'flatSkill'],
    why: 'Clients look for `---` at the very first byte; after a blank line, a comment or a code fence the frontmatter is text.',
    source: 'specification',
    check: (document) => {
      const message = 'The frontmatter must begin on the very first line; here it is not seen.'
      const { fences } = document
      if (fences) return fences.before ? [{ span: fences.open, message }] : []
      const late = lateFrontmatter(document)
      return late ? [{ span: { start: late.start, end: late.start + 3 }, message }] : []
    },
  },
  Y03: {
    title: 'Frontmatter is not closed',
    severity: 'error',
    kinds: ['skill', 'agent', 'flatSkill'],
    why: 'Without the second `---` line the whole file is read as YAML, or none of it.',
    source: 'specification',
    check: ({ fences }) =>
      fences && !fences.close
        ? [{ span: fences.open, message: 'The frontmatter is not closed: a second `---` line is missing.' }]
        : [],
  },
  Y04: {
    title: 'Not valid YAML',
    severity: 'error',
    kinds: withYaml,
    why: 'Clients that cannot read the frontmatter skip the file, mostly without a word.',
    source: 'yaml',
    check: (document) =>
      faultsIn(document, ['openQuote', 'openBracket', 'invalid']).map((fault) => ({
        ...told(fault),
        saidByEditor: fault.type === 'openBracket',
        data: { type: fault.type },
      })),
  },
  Y05: {
    title: 'Unquoted colon',
    severity: { default: 'error', ...Object.fromEntries(repairers.map((id) => [id, 'warning' as const])) },
    kinds: withYaml,
    why: 'A plain value ends at `: `. Some clients read such a value again in quotes; the others do not load the file.',
    source: 'yaml',
    check: (document) =>
      faultsIn(document, ['unquotedColon']).map((fault) => {
        const repaired = `Only ${listed(repairers.map((id) => clients[id].title))} read it all the same.`
        return { span: fault.span, message: `Not valid YAML: ${fault.message}. ${repaired}` }
      }),
  },
  Y06: {
    title: 'Tab as indentation',
    severity: 'error',
    kinds: withYaml,
    why: 'YAML is indented with spaces only.',
    source: 'yaml',
    check: (document) => faultsIn(document, ['tab']).map(told),
  },
  Y07: {
    title: 'Duplicate key',
    severity: 'error',
    kinds: withYaml,
    why: 'Some readers refuse the file, some take the first value and some the last.',
    source: 'yaml',
    saidByEditor: true,
    check: (document) => faultsIn(document, ['duplicateKey']).map(told),
  },
  Y08: {
    title: 'Frontmatter is no mapping',
    severity: 'error',
    kinds: ['skill', 'agent', 'flatSkill', 'openaiYaml'],
    why: 'Only `key: value` lines have names that a client can look up.',
    source: 'specification',
    saidByEditor: true,
    check: (document) => faultsIn(document, ['notMapping']).map(told),
  },
  Y09: {
    title: 'Flow style',
    severity: { default: 'off', spec: 'hint' },
    kinds: ['skill'],
    why: 'The specification’s own validator reads YAML without flow style: it refuses `[a, b]` and `{a: b}`.',
    source: 'specification',
    check: (document) =>
      hitsAmong(valuesIn(document), ({ style, span, kind }) => {
        if (style !== 'flow' || span.end === span.start) return undefined
        const parts = kind === 'map' ? 'maps in braces' : 'lists in brackets'
        return { span, message: `The specification’s validator refuses ${parts}; a block is read everywhere.` }
      }),
  },
  Y10: {
    title: 'Text that YAML reads as something else',
    severity: 'warning',
    kinds: ['skill', 'flatSkill', 'agent'],
    why: 'What looks like a number, a date or a yes/no is no text to every reader: `1.0` becomes `1`, `on` becomes `true`.',
    source: 'yaml',
    check: (document) => (document.isReadable ? hitsAmong(document.entries, misread) : []),
  },
  Y11: {
    title: 'Value over several lines',
    severity: 'hint',
    kinds: ['skill', 'flatSkill'],
    why: 'Readers without a YAML parser take the first line only: of a block they see `>-`.',
    source: 'openclawSkills',
    check: (document) =>
      !document.isReadable
        ? []
        : hitsAmong(document.entries, ({ key, value: { kind, span } }) => {
            const newline = kind === 'text' ? document.text.indexOf('\n', span.start) : -1
            if (newline < 0 || newline >= span.end) return undefined
            const line = { start: span.start, end: lineEnd(document.text, span.start) }
            return {
              span: line,
              message: `Readers without a YAML parser see only this line of \`${key}\`.`,
              data: { key },
            }
          }),
  },
  Y12: {
    title: 'Invisible or broken characters',
    severity: 'warning',
    kinds: ['skill', 'flatSkill', 'agent', 'openaiYaml'],
    why: 'A byte order mark hides the frontmatter from some readers, and a no-break space is no space to YAML.',
    source: 'specification',
    check: oddCharacters,
  },
  Y13: {
    title: 'Too large',
    severity: 'warning',
    kinds: [...withFrontmatter, ...dataKinds],
    why: 'Readers stop after 64 KiB of frontmatter, and this check after that or a file of a million characters.',
    source: 'skillsRuntime',
    check: (document) => {
      const { tooLarge, fences } = document
      if (!tooLarge || (fences && !fences.close)) return []
      const what = fences
        ? `frontmatter is longer than ${longestFrontmatter / 1024}`
        : `file is longer than ${longestData / 1024}`
      const start = textStart(document.text)
      return [
        { span: fences?.open ?? { start, end: start + 1 }, message: `The ${what} KiB; it is not read or checked.` },
      ]
    },
  },
  Y14: {
    title: 'Anchor, alias, tag or merge key',
    severity: 'hint',
    kinds: ['skill', 'flatSkill', 'agent'],
    why: 'Small YAML readers know none of them; the value is lost or the file refused.',
    source: 'yaml',
    check: (document) => {
      const odd = hitsAmong(valuesIn(document), ({ span, style, anchor, tag }) => {
        if (style === 'alias') return { span, message: 'Not every reader follows aliases; write the value again.' }
        if (anchor !== undefined) return { span, message: `Not every reader knows anchors such as \`&${anchor}\`.` }
        return tag === undefined ? undefined : { span, message: `Not every reader knows tags such as \`${tag}\`.` }
      })
      // Without an anchor nothing is written out.
      return odd.length === 0 ? odd : [...bombIn(document), ...odd]
    },
  },
  Y15: {
    title: 'Blanks at an end',
    severity: 'hint',
    kinds: ['skill', 'flatSkill', 'agent'],
    why: 'A file ends with one line break; blanks at line ends are noise in every diff.',
    check: trailing,
  },
  Y16: {
    title: 'Order of keys',
    severity: 'hint',
    kinds: ['skill', 'agent'],
    why: 'Readers expect `name` and `description` first.',
    check: (document) => {
      if (!document.isReadable || beginsInOrder(document)) return []
      if (new Set(document.entries.map(({ key }) => key)).size < document.entries.length) return []
      const keys = document.keyLines.map(({ key }) => key)
      const wanted = ['name', 'description'].filter((key) => keys.includes(key))
      const wrong = wanted.find((key, index) => keys[index] !== key)
      const line = document.keyLines.find(({ key }) => key === wrong)
      return line ? [{ span: line.keySpan, message: `\`${line.key}\` stands before the other keys.` }] : []
    },
  },
  Y17: {
    title: 'Fence inside a value',
    severity: 'information',
    kinds: ['skill', 'flatSkill', 'agent'],
    why: 'Readers that split the file at `---` end the frontmatter there.',
    source: 'specification',
    check: ({ text, fences, tooLarge }) => {
      if (!fences?.close || tooLarge) return []
      const { start, end } = fences.content
      // Nearly always the next dashes are those that close it.
      if (text.indexOf('---', start) === end) return []
      return [...text.slice(start, end).matchAll(/^[ \t]+(---)[ \t]*$/gm)].map((match) => {
        const at = start + match.index + match[0].indexOf('---')
        return { span: { start: at, end: at + 3 }, message: 'Some readers take this for the end of the frontmatter.' }
      })
    },
  },
})

const told = ({ span, message }: Fault): Hit => ({ span, message: `Not valid YAML: ${message}.` })

/** Trouble with the YAML; one fault a line, since what follows an error on its line is mostly its echo. */
function faultsIn(document: SkillDocument, types: readonly Fault['type'][]): Fault[] {
  const { faults } = document.yaml
  if (faults.length === 0 || (isMarkdown(document.kind) && !document.fences?.close)) return []
  const lines = new Set<number>()
  return faults.filter(({ type, span }) => {
    const line = lineEnd(document.text, span.start)
    if (lines.has(line)) return false
    lines.add(line)
    return types.includes(type)
  })
}

/** Frontmatter behind a comment, a heading or a code fence, with the line that follows it. */
export function lateFrontmatter({ text }: SkillDocument): Span | undefined {
  const start = textStart(text)
  const head = text.slice(start, start + 4096)
  const match = /^---[ \t]*\r?\n(?=(?:name|description)[ \t]*:)/m.exec(head)
  if (!match || match.index === 0) return undefined
  const before = head.slice(0, match.index)
  const only =
    /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*|#{1,6} [^\n]*\n\s*|(?:`{3,}|~{3,})(?:ya?ml|markdown|md)?[ \t]*\r?\n\s*){0,8}$/
  const closed = /\n---[ \t]*(?:\r?\n|$)/.test(head.slice(match.index + match[0].length))
  return only.test(before) && closed
    ? { start: start + match.index, end: start + match.index + match[0].length }
    : undefined
}

/** Every value of the frontmatter, the deeper ones included, where it can be believed. */
const valuesIn = once((document): readonly Value[] => {
  const { root } = document.yaml
  if (!document.isReadable || !root) return []
  const found: Value[] = []
  const waiting: Value[] = [root]
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    if (value !== root || value.style !== 'flow') found.push(value)
    for (const item of value.items) waiting.push(item)
    for (const entry of value.entries) waiting.push(entry.value)
  }
  return found
})

const bomb = 100_000

/** The first value that is small as it is written and huge for a reader that follows its aliases. */
function bombIn(document: SkillDocument): Hit[] {
  const { root } = document.yaml
  if (!document.isReadable || !root || !document.text.includes('*')) return []
  const sizes = new Map<string, number>()
  let found: Value | undefined
  const sizeOf = (value: Value): number => {
    if (value.style === 'alias') return sizes.get(value.anchor ?? '') ?? 1
    const parts = [...value.items, ...value.entries.map((entry) => entry.value)]
    const size = Math.min(
      parts.reduce((sum, part) => sum + sizeOf(part), 1),
      Number.MAX_SAFE_INTEGER / 2,
    )
    if (value.anchor !== undefined) sizes.set(value.anchor, size)
    if (size > bomb) found ??= value
    return size
  }
  sizeOf(root)
  if (!found) return []
  const message = 'Written out, this has more than 100,000 values: a reader that follows aliases runs out of memory.'
  return [{ span: found.span, message, severity: 'warning' }]
}

const elsewhere = new Set(['license', 'compatibility', 'argument-hint'])
/** A date: what else is misread is shorter. */
const longestMisread = '2026-01-01'.length

function misread({ key, value }: Entry): Hit | undefined {
  if (value.style !== 'plain' || (value.kind === 'text' && value.text.length > longestMisread)) return undefined
  if (elsewhere.has(key)) return undefined
  const known = skillKey(key)
  if (known && (known.closed || !known.shapes.includes('text'))) return undefined
  const ownRule = key === 'name' || key === 'description'
  const data = { key }
  const at = { span: value.span, data, ...(known ? {} : ({ severity: 'hint' } as const)) }
  if (value.kind === 'text') {
    const other = /^(?:y|yes|on|n|no|off)$/i.test(value.text)
      ? 'true or false'
      : /^\d{4}-\d{2}-\d{2}$/.test(value.text)
        ? 'a date'
        : undefined
    return other ? { ...at, message: `Some readers take this for ${other}; in quotes it is text to all.` } : undefined
  }
  if (ownRule || (value.kind !== 'number' && value.kind !== 'boolean')) return undefined
  if (!known && !isEcosystemKey(key)) return undefined
  const words = value.kind === 'number' ? 'a number' : 'true or false'
  return { ...at, message: `YAML reads this as ${words}; in quotes it is text.` }
}

/** Whether the frontmatter begins with its name and its description, as it mostly does. */
function beginsInOrder({ text, fences }: SkillDocument): boolean {
  const start = fences?.content.start ?? 0
  return text.startsWith('name: ', start) && text.startsWith('description: ', nextLine(text, start))
}

import type { Catalogue, FileRecord } from '../catalogue/catalogue.ts'
import { everyWord, wordsIn } from '../catalogue/words.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Entry } from '../document/value.ts'
import { saysWhen, tellsWhen } from './descriptionText.ts'
import { count, hitOn, isEmpty, isMissing, kindInWords, lengthOf, nounOf, textOf, valueOrKey } from './entries.ts'
import { type Hit, ruleTable } from './rule.ts'

const skills = ['skill'] as const
const described = ['skill', 'agent'] as const
const longest = 1024
const listed = 1536
const shortest = 20
const soon = 400
/** In quotes YAML writes any letter in another way behind it. */
const backslash = '\\'

/** Words that say no more than a name does. */
const saysNothing: ReadonlySet<number> = new Set(wordsIn('skill the for and this use'))

/** D: the description. */
export const descriptionRules = ruleTable({
  D01: {
    title: 'Description is missing',
    severity: { default: 'error', 'claude-code': 'information' },
    kinds: skills,
    why: 'Without a description the model cannot tell when to use the skill. Claude Code takes the first paragraph instead.',
    source: 'specification',
    saidByEditor: true,
    check: (document) =>
      document.fences && isMissing(document, 'description')
        ? [
            {
              span: document.fences.open,
              message: 'The skill has no `description`; the specification requires one.',
            },
          ]
        : [],
  },
  D02: {
    title: 'Description is no string',
    severity: { default: 'error', 'claude-code': 'warning' },
    kinds: described,
    why: 'A number or a list is no description; Claude Code drops it, others do not load the file.',
    source: 'specification',
    check: (document) =>
      hitOn(document, 'description', ({ value }) => {
        if (value.kind === 'text' || value.kind === 'empty') return undefined
        const message = `The ${nounOf(document)}'s \`description\` must be a string, but YAML reads this as ${kindInWords(value)}.`
        return { span: value.span, message, saidByEditor: value.kind === 'list' || value.kind === 'map' }
      }),
  },
  D03: {
    title: 'Description is empty',
    severity: { default: 'error', 'claude-code': 'warning' },
    kinds: described,
    why: 'An empty description counts as none.',
    source: 'specification',
    saidByEditor: true,
    check: (document) =>
      hitOn(document, 'description', (entry) =>
        isEmpty(entry.value)
          ? { span: valueOrKey(entry), message: `The ${nounOf(document)}'s \`description\` is empty.` }
          : undefined,
      ),
  },
  D04: {
    title: 'Description is too long',
    severity: { default: 'error', 'claude-code': 'information', gemini: 'information', pi: 'warning' },
    kinds: skills,
    why: 'The specification takes at most 1,024 characters; Codex and Roo Code do not load the skill otherwise.',
    source: 'specification',
    check: (document) =>
      hitOn(document, 'description', ({ value }) => {
        if (value.kind !== 'text' || value.text.length <= longest) return undefined
        const length = lengthOf(value.text.trim())
        const message = `The skill's \`description\` has ${count(length)} characters; at most ${count(longest)} are allowed.`
        return length > longest ? { span: value.span, message } : undefined
      }),
  },
  D05: {
    title: 'Description is cut in the listing',
    severity: { default: 'off', 'claude-code': 'warning' },
    kinds: skills,
    why: 'Claude Code lists at most 1,536 characters of `description` and `when_to_use` together; the model never sees the rest.',
    source: 'claudeSkills',
    check: (document) => {
      const description = textOf(document, 'description')
      const more = textOf(document, 'when_to_use')
      const length = lengthOf(description?.text.trim() ?? '') + lengthOf(more?.text.trim() ?? '')
      const last = more ?? description
      if (!last || length <= listed) return []
      const together = more && description ? '`description` and `when_to_use` together have' : 'This has'
      const message = `${together} ${count(length)} characters; Claude Code lists ${count(listed)}.`
      return [{ span: last.value.span, message }]
    },
  },
  D06: {
    title: 'Description is short',
    severity: 'hint',
    kinds: described,
    why: 'A few words rarely say both what it does and when to use it.',
    source: 'bestPractices',
    check: (document) => {
      const entry = textOf(document, 'description')
      const text = entry?.text.trim() ?? ''
      // Of many UTF-16 units there are half as many characters or more.
      if (!entry || text.length >= shortest * 2 || lengthOf(text) >= shortest || isIdeographic(text)) return []
      return [{ span: entry.value.span, message: 'Say what it does and when to use it.' }]
    },
  },
  D07: {
    title: 'Description does not say when',
    severity: 'hint',
    kinds: skills,
    why: 'The model chooses by the description: it needs to read when the skill is the right one.',
    source: 'bestPractices',
    check: (document) => {
      const entry = textOf(document, 'description')
      if (!entry || saysWhen(entry.text) || textOf(document, 'when_to_use')) return []
      if (soundFlag(document, 'disable-model-invocation')) return []
      return [{ span: entry.value.span, message: 'Say when to use the skill: “Use when …”.' }]
    },
  },
  D08: {
    title: 'Description speaks as a person',
    severity: 'hint',
    kinds: skills,
    why: 'The description stands in the system prompt; the third person is read there without confusion.',
    source: 'bestPractices',
    check: (document) =>
      inText(
        document,
        /^(?:I(?:'m|’m| am| can| will|'ll|’ll| help)\b|We (?:can|will|help)\b|You are (?:an?|the)\b)/,
        () => 'Write what the skill does in the third person.',
      ),
  },
  D09: {
    title: 'Tag in the description',
    severity: { default: 'warning', 'publish-claude.ai': 'error' },
    kinds: skills,
    why: 'The description is put into the prompt; a tag in it would be read as structure. claude.ai refuses it.',
    source: 'claudeApi',
    needs: { words: ['<', backslash] },
    check: (document, { profiles }) => {
      const strict = profiles.includes('publish-claude.ai')
      const pattern = strict
        ? /<\/?[A-Za-z][^<>\n]{0,200}>/
        : /<\/[A-Za-z][\w-]{0,40}>|<(?:system|instructions?|important|thinking|human|assistant|user|script|iframe)(?:\s[^<>]{0,200})?>/i
      return inText(document, pattern, (tag) => `\`${tag}\` is read as a tag in the prompt.`)
    },
  },
  D10: {
    title: 'Description is a list of keywords',
    severity: 'hint',
    kinds: skills,
    why: 'A heap of keywords makes the skill start where it does not help, and takes room from the other skills.',
    source: 'bestPractices',
    check: (document) => {
      const entry = textOf(document, 'description')
      const parts = entry?.text.split(/[,;、，|]/) ?? []
      if (!entry || parts.length <= 24) return []
      const short = parts.filter((part) => part.trim().split(/\s+/).length <= 2).length
      return short > parts.length * 0.7
        ? [{ span: entry.value.span, message: `${parts.length} keywords in a row say less than one sentence.` }]
        : []
    },
  },
  D11: {
    title: 'Description says late when',
    severity: 'information',
    kinds: skills,
    why: 'Clients cut long descriptions at the end; what comes first is read.',
    source: 'bestPractices',
    check: (document) => {
      const entry = textOf(document, 'description')
      const at = entry && entry.text.length > soon ? tellsWhen(entry.text) : undefined
      return entry && at !== undefined && at > soon
        ? [{ span: entry.value.span, message: `When to use the skill comes after ${count(at)} characters.` }]
        : []
    },
  },
  D12: {
    title: 'Placeholder in the description',
    severity: 'warning',
    kinds: described,
    why: 'A template’s text tells the model nothing.',
    source: 'bestPractices',
    check: (document) =>
      inText(
        document,
        /^\[?(?:TODO|TBD|FIXME)\b|\[TODO|\bTODO:|lorem ipsum|^What (?:this skill|it) does\. Use when …|^Replace with description\b|^(?:A |The )?description of (?:the|this|my|your) skill\b/i,
        () => 'This is still the template’s text.',
      ),
  },
  D13: {
    title: 'Description repeats the name',
    severity: 'information',
    kinds: skills,
    why: 'The model sees the name already.',
    source: 'bestPractices',
    check: (document) => {
      const entry = textOf(document, 'description')
      const name = textOf(document, 'name')?.text ?? document.folder
      if (!entry || !name) return []
      const known = wordsIn(name)
      let words = 0
      const isKnown = everyWord(entry.text, 3, (word) => ++words > 0 && (known.includes(word) || saysNothing.has(word)))
      return isKnown && words > 0 ? [{ span: entry.value.span, message: 'This says no more than the name.' }] : []
    },
  },
  D14: {
    title: 'Description is almost another skill’s',
    severity: 'warning',
    kinds: skills,
    why: 'With two descriptions that say the same, the model picks either.',
    source: 'bestPractices',
    check: (document, { catalogue }) => {
      const entry = textOf(document, 'description')
      const own = document.path === undefined ? undefined : catalogue.get(document.path)
      if (!entry || !own?.folder || entry.text.trim().length < 40) return []
      const twin = twinOf(own, entry.text, catalogue)
      if (!twin) return []
      const message = `The skill \`${twin.name}\` has almost the same description.`
      return [{ span: entry.value.span, message, related: [{ message: 'The other description', path: twin.path }] }]
    },
  },
  D15: {
    title: 'Control characters in the description',
    severity: 'warning',
    kinds: described,
    why: 'Listings are lines of text; control characters break them.',
    source: 'specification',
    check: (document) => {
      const entry = textOf(document, 'description')
      const odd = entry && /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\u0080-\u009F\u2028\u2029]/.exec(entry.text)?.[0]
      if (!entry || odd === undefined) return []
      const code = odd.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
      return [{ span: entry.value.span, message: `The description holds the control character U+${code}.` }]
    },
  },
  D16: {
    title: 'Description claims everything',
    severity: 'warning',
    kinds: skills,
    why: 'A skill that is for every conversation pushes the others aside and costs its tokens each time.',
    source: 'bestPractices',
    check: (document) => {
      const entry = textOf(document, 'description')
      if (!entry || !claimsMuch.test(entry.text)) return []
      return inText(
        document,
        /\b(?:use|invoke|load|apply|run)\b[^.\n]{0,60}\b(?:for|in|on|at|before|starting|to)\s+(?:(?:the start of|answering|responding to)\s+)?(?:any|every|all)\s+(?:single\s+)?(?:conversation|task|request|message|prompt|question|response|interaction|user input)s?\b(?!,?\s+(?:that|which|about|involving|related|where|when|concerning|with|of|in|on|for|from|to|or\s+\w|and\s+\w|\w+ing)\b|,\s*\w+,)|\balways use this skill\b(?!\s+(?:when|for|if|before|after|to))/i,
        (words) => `“${words.replace(/\s+/g, ' ')}” claims every conversation; say which.`,
      )
    },
  },
  D17: {
    title: 'Description claims to be official',
    severity: 'warning',
    kinds: skills,
    why: 'Who publishes a skill cannot be seen from its text.',
    source: 'bestPractices',
    needs: { words: ['official', backslash] },
    check: (document) =>
      inText(
        document,
        /\bofficial(?:ly)?\s+(?:(?:approved|endorsed|certified|verified)\s+by\s+)?(?:Anthropic|OpenAI|Claude|Google|Microsoft|GitHub)(?:['’]s)?(?:\s+(?:agent\s+)?(?:skill|plugin|release|agent|assistant|extension)\b|(?<=\bby\s+\w{1,20})\b)/i,
        (words) => `“${words}” is a claim that nobody can check here.`,
      ),
  },
})

/** The words of which one is in every such claim: soon looked for. */
const claimsMuch = /\b(?:any|every|all)\s|\balways use/i

/** What the pattern finds in the description, marked exactly where the text stands as it was written. */
function inText(document: SkillDocument, pattern: RegExp, message: (found: string) => string): Hit[] {
  const entry = textOf(document, 'description')
  const match = entry && pattern.exec(entry.text.trim())
  return entry && match ? [{ span: spanOf(document, entry, match[0]), message: message(match[0]) }] : []
}

/** Where `found` stands in a value; the whole value where it is written differently (escapes, folded lines). */
function spanOf(document: SkillDocument, { value }: Entry, found: string): Span {
  const at = document.slice(value.span).indexOf(found)
  return at < 0 ? value.span : { start: value.span.start + at, end: value.span.start + at + found.length }
}

function soundFlag(document: SkillDocument, key: string): boolean {
  return document.entry(key)?.value.scalar === true
}

function isIdeographic(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(text)
}

function twinOf(own: FileRecord, text: string, catalogue: Catalogue): FileRecord | undefined {
  const { path, folder, scope } = own
  const same = catalogue
    .described(text)
    .find((other) => other.path !== path && other.folder === folder && other.scope === scope)
  const like = catalogue.twin(own, text)
  return same && like ? (same.path < like.path ? same : like) : (same ?? like)
}

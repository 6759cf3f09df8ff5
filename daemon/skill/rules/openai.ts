import { SkillDocument } from '../document/document.ts'
import { nameIn, type Path, parentOf, resolveIn, uriOf } from '../document/location.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import { valueOrKey } from './entries.ts'
import { openaiShape } from './openaiShape.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { type ShapeHit, shapeHits } from './shape.ts'

const kinds = ['openaiYaml'] as const

/** O: `agents/openai.yaml`, which Codex reads beside SKILL.md. A file that Codex cannot read it ignores with a line in its log. */
export const openaiRules = ruleTable({
  O01: {
    title: 'Not what Codex reads',
    severity: 'warning',
    kinds,
    why: 'Codex ignores what it does not know here, and the whole file if a value has the wrong type; it says so in its log only.',
    source: 'codexSkills',
    check: (document) =>
      shapesOf(
        document,
        (hit) => !isOf(hit, 'dependencies.tools[].', 'missingKey') && !others.has(hit.at) && hit.trouble !== 'length',
      ),
  },
  O02: {
    title: 'Text that Codex cuts or refuses',
    severity: 'warning',
    kinds,
    why: 'Longer texts are not shown.',
    source: 'codexSkills',
    check: (document) => shapesOf(document, ({ trouble }) => trouble === 'length'),
  },
  O03: {
    title: 'Icon',
    severity: 'warning',
    kinds,
    why: 'Icons are files in the skill’s folder `assets`, or in that of its plugin; others are not shown.',
    source: 'codexSkills',
    check: (document, { files }) =>
      ['icon_small', 'icon_large'].flatMap((key): Hit[] => {
        const entry = entryIn(interfaceOf(document), key)
        const skill = skillFolder(document)
        if (entry?.value.kind !== 'text') return []
        const written = entry.value.text.trim()
        const span = valueOrKey(entry)
        if (written === '' || /^(?:[a-z][a-z0-9+.-]*:|\/|\\|~)/i.test(written))
          return [{ span, message: 'An icon is a path relative to the skill’s folder, such as `./assets/icon.png`.' }]
        if (skill === undefined) return []
        const path = resolveIn(skill, written)
        const inPlugin = /^(?:\.\/)?\.\.\//.test(written)
        if (!inPlugin && !path.startsWith(`${skill}/assets/`))
          return [{ span, message: 'An icon lies under `assets/` of the skill’s folder.' }]
        if (inPlugin && !/\/assets\/[^/]/.test(path))
          return [{ span, message: 'An icon outside the skill lies under `assets/` of its plugin.' }]
        return files.stat(path) === 'missing' ? [{ span, message: `There is no file \`${written}\`.` }] : []
      }),
  },
  O04: {
    title: 'Colour',
    severity: 'warning',
    kinds,
    why: 'Codex takes a colour as `#RRGGBB`, in quotes: without them YAML reads a comment.',
    source: 'codexSkills',
    check: (document) => {
      const entry = entryIn(interfaceOf(document), 'brand_color')
      if (!entry || /^#[0-9a-f]{6}$/i.test(entry.value.text)) return []
      return [
        {
          span: valueOrKey(entry),
          message: 'A colour is written `"#1A2B3C"`, in quotes.',
          data: colourIn(entry, document),
        },
      ]
    },
  },
  O05: {
    title: 'Incomplete tool dependency',
    severity: 'warning',
    kinds,
    why: 'A dependency without `type` or `value` is dropped.',
    source: 'codexSkills',
    check: (document) => shapesOf(document, (hit) => isOf(hit, 'dependencies.tools[].', 'missingKey')),
  },
  O06: {
    title: 'Two answers about implicit invocation',
    severity: 'warning',
    kinds,
    why: '`allow_implicit_invocation` is for Codex what `disable-model-invocation` in SKILL.md is for others; where they disagree the skill behaves differently from client to client.',
    source: 'codexSkills',
    check: (document, context) => {
      const entry = entryIn(entryIn(root(document), 'policy')?.value, 'allow_implicit_invocation')
      const skill = skillOf(document, context)
      const disabled = skill?.isReadable ? skill.entry('disable-model-invocation')?.value.scalar === true : undefined
      if (!entry || typeof entry.value.scalar !== 'boolean' || disabled === undefined) return []
      if (entry.value.scalar !== disabled) return []
      const other = `\`disable-model-invocation\` ${disabled ? 'is' : 'is not'} set in SKILL.md`
      return [
        {
          span: entry.value.span,
          message: `Codex ${disabled ? 'may' : 'may not'} choose the skill by itself, but ${other}.`,
          related: [{ message: 'The skill', path: skill!.path! }],
          data: { value: String(!disabled) },
        },
      ]
    },
  },
  O07: {
    title: 'Unknown product',
    severity: 'warning',
    kinds,
    why: 'A product that is not known makes the file unreadable.',
    source: 'codexSkills',
    check: (document) => shapesOf(document, ({ at }) => at === 'policy.products[]'),
  },
  O08: {
    title: 'Name of an environment variable',
    severity: 'warning',
    kinds,
    why: 'A dependency of type `env_var` names an environment variable.',
    source: 'skillsRuntime',
    check: (document) =>
      toolsOf(document).flatMap((tool): Hit[] => {
        const value = entryIn(tool, 'value')
        if (entryIn(tool, 'type')?.value.text !== 'env_var' || value?.value.kind !== 'text') return []
        if (/^[A-Za-z_]\w*$/.test(value.value.text)) return []
        const message = 'A variable’s name has letters, digits and `_` only, and does not begin with a digit.'
        return [{ span: valueOrKey(value), message }]
      }),
  },
})

/** What has a rule of its own. */
const others = new Set(['policy.products[]', 'interface.brand_color'])

function isOf({ at, trouble }: ShapeHit, prefix: string, of: ShapeHit['trouble']): boolean {
  return trouble === of && at.startsWith(prefix)
}

function root(document: SkillDocument): Value | undefined {
  return document.isReadable ? document.yaml.root : undefined
}

function interfaceOf(document: SkillDocument): Value | undefined {
  return entryIn(root(document), 'interface')?.value
}

function toolsOf(document: SkillDocument): readonly Value[] {
  return entryIn(entryIn(root(document), 'dependencies')?.value, 'tools')?.value.items ?? []
}

function shapesOf(document: SkillDocument, test: (hit: ShapeHit) => boolean): Hit[] {
  const value = root(document)
  return value ? shapeHits(value, openaiShape, 'The file').filter(test) : []
}

/** The folder of the skill whose `agents` folder the file lies in. */
function skillFolder({ folderPath }: SkillDocument): Path | undefined {
  return folderPath !== undefined && nameIn(folderPath) === 'agents' ? parentOf(folderPath) : undefined
}

function skillOf(document: SkillDocument, { files }: RuleContext): SkillDocument | undefined {
  const folder = skillFolder(document)
  const path = `${folder}/SKILL.md`
  const text = folder === undefined ? undefined : files.text(path)
  if (text === undefined || text === 'missing') return undefined
  return new SkillDocument({ uri: uriOf(path), languageId: 'skill', version: 0, text })
}

/** What was meant, where it can be told, and what to write over: without quotes a colour is a comment. */
function colourIn({ keySpan }: Entry, { text }: SkillDocument): Record<string, string | number> {
  const match = /^(\s*:\s*)(["']?#?([0-9a-f]{6}|[0-9a-f]{3})["']?)[ \t]*(?=\r?\n|$)/i.exec(
    text.slice(keySpan.end, keySpan.end + 100),
  )
  if (!match) return {}
  const digits = match[3]!.length === 3 ? [...match[3]!].map((digit) => digit + digit).join('') : match[3]!
  const start = keySpan.end + match[1]!.length
  return { colour: `"#${digits.toUpperCase()}"`, start, end: start + match[2]!.length }
}

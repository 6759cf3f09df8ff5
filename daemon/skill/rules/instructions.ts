import { isInside, nameIn, parentOf } from '../document/location.ts'
import { fileReferencesIn } from '../document/references.ts'
import { commandTargets } from './buildTargets.ts'
import { similarity } from './descriptionText.ts'
import { isEmpty, soundEntry, valueOrKey } from './entries.ts'
import { clientFeatures, clientPath, instructionKeys, instructionLimits } from './instructionTables.ts'
import {
  bridge,
  cutAt,
  disagreements,
  found,
  globHits,
  isForAll,
  isRoot,
  lineOf,
  misspelled,
  others,
  ruleHits,
  unguarded,
} from './instructionText.ts'
import { memoryHits } from './memory.ts'
import { type Hit, ruleTable } from './rule.ts'
import { firstLine } from './skillFolder.ts'

const kinds = ['instructions'] as const

/** G: files of instructions, rules and memories. Imports that go in circles or too deep are R16. */
export const instructionRules = ruleTable({
  G01: {
    title: 'Instructions are empty, or one block',
    severity: 'hint',
    kinds: ['instructions', 'memory'],
    why: 'An empty file is read each time for nothing; titles help a model to find what it looks for.',
    source: 'agentsMd',
    check: (document) => {
      const { text, body, blocks, kind } = document
      if (text.slice(body.start, body.end).trim() === '')
        return [{ span: firstLine(document), message: 'There are no instructions in here.', severity: 'warning' }]
      const lines = text.slice(body.start, body.end).split('\n', 41).length
      if (kind !== 'instructions' || lines <= 40 || blocks.some(({ type }) => type === 'heading')) return []
      return [{ span: firstLine(document), message: 'The file has more than 40 lines and no title.' }]
    },
  },
  G02: {
    title: 'Too long',
    severity: 'warning',
    kinds: ['instructions', 'memory'],
    why: 'What stands behind the limit of a client is cut, or followed less.',
    source: 'claudeMemory',
    check: (document) =>
      instructionLimits.flatMap(({ file, unit, most, says }): Hit[] => {
        if (!file.test(document.path ?? document.uri)) return []
        const at = cutAt(document.text, unit, most)
        return at === undefined ? [] : [{ span: lineOf(document.text, at), message: says }]
      }),
  },
  G03: {
    title: 'Import is missing',
    severity: 'warning',
    kinds,
    why: 'A file that is not there is left out without a word.',
    source: 'claudeMemory',
    check: (document, { files, home }) => {
      if (!/\/CLAUDE(?:\.local)?\.md$/.test(document.path ?? '')) return []
      return fileReferencesIn(document, home)
        .filter(({ form, to }) => form === 'import' && files.stat(to) === 'missing')
        .map(({ span, to }): Hit => {
          // What lies in the home directory of one author need not be there for the others.
          const own = home !== undefined && isInside(home, to) && !isInside(home, document.path!)
          return {
            span,
            message: `There is no file \`${document.slice(span)}\`.`,
            ...(own ? { severity: 'information' } : {}),
          }
        })
    },
  },
  G04: {
    title: 'Script or target is missing',
    severity: 'warning',
    kinds,
    why: 'The agent runs the command, fails, and begins to guess.',
    source: 'agentsMd',
    check: (document, { files }) => commandTargets(document, files),
  },
  G05: {
    title: 'AGENTS.md is not read by Claude Code',
    severity: 'information',
    kinds,
    why: 'Claude Code reads CLAUDE.md only; a line `@AGENTS.md` in it brings the other in.',
    source: 'claudeMemory',
    check: bridge,
  },
  G06: {
    title: 'Two files of instructions disagree',
    severity: 'warning',
    kinds,
    why: 'Which of the two an agent follows depends on the client.',
    source: 'agentsMd',
    check: (document, { files }) =>
      others(document, files).flatMap(({ path, text }) => disagreements(document, path, text)),
  },
  G07: {
    title: 'Feature of one client',
    severity: 'information',
    kinds,
    why: 'AGENTS.md is read by agents of many makers; what only one of them has belongs under a title that names it.',
    source: 'agentsMd',
    check: (document) =>
      isForAll(document)
        ? unguarded(document).flatMap((span) =>
            clientFeatures.flatMap(({ client, pattern }) =>
              found(document, span, pattern, (words) => `Only ${client} knows \`${words}\`.`),
            ),
          )
        : [],
  },
  G08: {
    title: 'Path of one client',
    severity: 'information',
    kinds,
    why: 'Other agents do not look there.',
    source: 'agentsMd',
    check: (document) =>
      isForAll(document)
        ? unguarded(document).flatMap((span) =>
            found(document, span, clientPath, (path) => `\`${path}\` is the folder of one client.`),
          )
        : [],
  },
  G09: {
    title: 'Repeats the README',
    severity: 'hint',
    kinds,
    why: 'The agent can read the README; what stands twice costs twice, and grows apart.',
    source: 'agentsMd',
    check: (document, { files }) => {
      const { folderPath } = document
      const readme = folderPath === undefined ? undefined : files.text(`${folderPath}/README.md`)
      if (!readme || readme === 'missing') return []
      const long = document.blocks.filter(({ type, span }) => type === 'prose' && span.end - span.start >= 80)
      const copied = long.filter(({ span }) => readme.includes(document.slice(span)))
      if (copied.length < 3 || copied.length * 3 < long.length) return []
      return copied.map(({ span }) => ({
        span,
        message: 'The README says the same.',
        related: [{ message: 'The README', path: `${folderPath}/README.md` }],
      }))
    },
  },
  G10: {
    title: 'Frontmatter of a rule',
    severity: 'warning',
    kinds,
    why: 'A rule whose patterns cannot be read is never applied; one whose key is not known is applied always.',
    source: 'claudeMemory',
    check: ruleHits,
  },
  G11: {
    title: '`applyTo`',
    severity: 'warning',
    kinds,
    why: 'Instructions with a pattern that cannot be read are never applied; without one they are applied only if they are attached.',
    source: 'vscodeAgents',
    check: (document) => {
      if (!/\.instructions\.md$/.test(document.path ?? document.uri)) return []
      const entry = soundEntry(document, 'applyTo')
      const odd = document.isReadable ? misspelled(document, instructionKeys, 'VS Code') : []
      if (entry)
        return [
          ...odd,
          ...(isEmpty(entry.value)
            ? [{ span: valueOrKey(entry), message: 'No pattern: the file is never applied.' }]
            : globHits(entry.value)),
        ]
      if (odd.length > 0 || (document.fences && !document.isReadable)) return odd
      const span = document.fences?.open ?? firstLine(document)
      return [
        { span, message: 'Without `applyTo` the file is read only where it is attached by hand.', severity: 'hint' },
      ]
    },
  },
  G12: {
    title: 'Memory',
    severity: 'warning',
    kinds: ['memory'],
    why: 'MEMORY.md is the index: what it does not name is not read, and what it names should be there.',
    source: 'claudeMemory',
    check: (document, { files }) => memoryHits(document, files),
  },
  G13: {
    title: 'Instructions inside instructions',
    severity: 'information',
    kinds,
    why: 'Agents read both; where they disagree the file nearer to what is worked on counts.',
    source: 'agentsMd',
    check: (document, { catalogue }) => {
      const { path, folderPath } = document
      if (path === undefined || folderPath === undefined || nameIn(path) !== 'AGENTS.md') return []
      const above = catalogue
        .ofKind('instructions')
        .filter(
          (other) => nameIn(other.path) === 'AGENTS.md' && other.path !== path && isInside(parentOf(other.path), path),
        )
        .sort((a, b) => b.path.length - a.path.length)[0]
      if (!above) return []
      const message = 'Another AGENTS.md above holds here as well; where both say something, this one counts.'
      return [{ span: firstLine(document), message, related: [{ message: 'The one above', path: above.path }] }]
    },
  },
  G14: {
    title: 'Two files of instructions grow apart',
    severity: 'hint',
    kinds,
    why: 'They were one text once, and each change has to be made twice; let one import the other.',
    source: 'agentsMd',
    check: (document, { files }) =>
      others(document, files).flatMap(({ path, text }): Hit[] => {
        if (text.length < 400 || text.trim() === document.text.trim() || document.text.length > 100_000) return []
        if (similarity(document.text, text) < 0.7) return []
        return [
          {
            span: firstLine(document),
            message: `\`${nameIn(path)}\` says almost the same.`,
            related: [{ message: 'The other file', path }],
          },
        ]
      }),
  },
  G15: {
    title: 'Frontmatter of AGENTS.md',
    severity: 'warning',
    kinds,
    why: 'Only Amp reads it: `globs` says for which files an AGENTS.md that another one mentions holds.',
    source: 'agentsMd',
    check: (document) => {
      if (!/\/AGENTS(?:\.override)?\.md$/.test(document.path ?? document.uri) || !document.isReadable) return []
      return document.entries.flatMap((entry): Hit[] => {
        if (entry.key !== 'globs')
          return [{ span: entry.keySpan, message: `No agent reads \`${entry.key}\` here.`, severity: 'hint' }]
        return isEmpty(entry.value)
          ? [{ span: valueOrKey(entry), message: 'No pattern: the file is never read.' }]
          : globHits(entry.value)
      })
    },
  },
  G16: {
    title: 'Says nothing about the project',
    severity: 'off',
    kinds,
    why: 'One paragraph about what the project is saves the agent a search.',
    source: 'agentsMd',
    check: (document) =>
      isRoot(document) &&
      !/\b(?:this (?:project|repo(?:sitory)?|package|library|app)|overview|architecture|is an? \w+)\b/i.test(
        document.text,
      )
        ? [{ span: firstLine(document), message: 'The file does not say what the project is.' }]
        : [],
  },
  G17: {
    title: 'Precedence is not stated',
    severity: 'off',
    kinds,
    why: 'Where several files give instructions, each client has an order of its own unless they say it.',
    source: 'agentsMd',
    check: (document, { files }) =>
      others(document, files).length > 0 &&
      !/\b(?:precedence|takes? priority|overrides?|wins over|in case of conflict)\b/i.test(document.text)
        ? [{ span: firstLine(document), message: 'Other files give instructions as well, and none says which counts.' }]
        : [],
  },
})

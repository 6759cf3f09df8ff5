import type { SkillDocument } from '../document/document.ts'
import { type Path, parentOf, resolveIn } from '../document/location.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import type { FileView } from '../workspace.ts'
import { isEmpty, listed, valueOrKey } from './entries.ts'
import { nearest } from './keyNames.ts'
import { marketplaceShape, pluginShape, sourceNeeds } from './pluginShapes.ts'
import { type Hit, ruleTable } from './rule.ts'
import { type ShapeHit, shapeHits } from './shape.ts'

const manifests = ['plugin', 'marketplace'] as const
const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** P: plugins and marketplaces. */
export const pluginRules = ruleTable({
  P01: {
    title: 'Manifest',
    severity: 'warning',
    kinds: ['plugin', 'marketplace', 'hooks', 'skillsLock'],
    why: 'A manifest that is no JSON, or has a value of the wrong type, keeps the plugin from loading. An unknown key is ignored.',
    source: 'claudePlugins',
    check: (document) => {
      const { jsonFault, text } = document
      if (jsonFault) {
        const start = Math.min(jsonFault.at, text.length)
        const span = { start, end: Math.min(start + 1, text.length) }
        return [{ span, message: `Not JSON: ${jsonFault.message}.`, severity: 'error', saidByEditor: true }]
      }
      const value = root(document)
      const shape =
        document.kind === 'plugin' ? pluginShape : document.kind === 'marketplace' ? marketplaceShape : undefined
      return value && shape ? shapeHits(value, shape, 'The manifest').map(weighed) : []
    },
  },
  P02: {
    title: '`skills` is no folder',
    severity: 'warning',
    kinds: manifests,
    why: 'A path in `skills` leads to a folder of skills, or to the folder of one; a file is not read.',
    source: 'claudePlugins',
    check: (document, { files }) =>
      partsOf(document).flatMap(({ key, base, value }): Hit[] => {
        if (key !== 'skills') return []
        const found = files.stat(resolveIn(base, value.text))
        // What is not there is told as that.
        if (found === 'missing' || (found ? found.type !== 'file' : !/\.md$/i.test(value.text))) return []
        const folder = /^(.+)\/[^/]*$/.exec(value.text)?.[1]
        return [
          { span: value.span, message: 'This is a file; name the folder.', ...(folder ? { data: { folder } } : {}) },
        ]
      }),
  },
  P03: {
    title: 'What a directory of plugins asks for',
    severity: { default: 'off', 'publish-claude.ai': 'warning' },
    kinds: ['plugin'],
    why: 'Directories list a plugin with its version, licence, README and icon.',
    source: 'claudePlugins',
    check: (document, { files }) => {
      const value = root(document)
      const base = pluginRoot(document)
      const first = value?.entries[0]?.keySpan
      if (!value || !first) return []
      const absent = ['version', 'description', 'license'].filter((key) => !entryIn(value, key))
      const told = absent.map((key): Hit => ({ span: first, message: `The manifest has no \`${key}\`.` }))
      if (base === undefined) return told
      const inRoot = files.list(base)
      if (!inRoot || inRoot === 'missing') return told
      const wanted = {
        README: /^readme(?:\.md)?$/i,
        LICENSE: /^(?:licen[cs]e|copying)(?:\.\w+)?$/i,
        icon: /^(?:icon|logo)\.(?:png|svg)$/i,
      }
      const absentFiles = Object.entries(wanted).filter(([, pattern]) => !inRoot.some(({ name }) => pattern.test(name)))
      return [...told, ...absentFiles.map(([name]): Hit => ({ span: first, message: `The plugin has no ${name}.` }))]
    },
  },
  P04: {
    title: 'Source of a plugin',
    severity: 'error',
    kinds: ['marketplace'],
    why: 'A plugin whose source is not there cannot be installed.',
    source: 'claudePlugins',
    check: (document, { files }) => listedPlugins(document).flatMap((plugin) => sourceHits(document, plugin, files)),
  },
  P05: {
    title: 'Name of a plugin',
    severity: 'warning',
    kinds: manifests,
    why: 'The name is the prefix of every skill and command of the plugin: lowercase letters, digits and single hyphens.',
    source: 'claudePlugins',
    check: (document) => {
      const value = root(document)
      const named = [value, ...listedPlugins(document)].map((each) => entryIn(each, 'name'))
      return named.flatMap((entry): Hit[] => {
        if (entry?.value.kind !== 'text' || kebab.test(entry.value.text)) return []
        const message = isEmpty(entry.value)
          ? 'The name is empty.'
          : 'A name has lowercase letters, digits and single hyphens only.'
        return [{ span: valueOrKey(entry), message, data: { name: entry.value.text } }]
      })
    },
  },
  P06: {
    title: 'Path without `CLAUDE_PLUGIN_ROOT`',
    severity: 'warning',
    kinds: ['plugin', 'hooks'],
    why: 'Hooks and servers start in the user’s project, not in the plugin: a relative path leads there.',
    source: 'claudePlugins',
    check: (document) => {
      const value = root(document)
      const parts =
        document.kind === 'hooks'
          ? [value]
          : ['hooks', 'mcpServers', 'lspServers'].map((key) => entryIn(value, key)?.value)
      return parts.flatMap((part) => (part ? commandsIn(part) : [])).flatMap(ownPath)
    },
  },
})

/** A wrong type stops the plugin; an unknown key does no harm unless it was meant to be another. */
function weighed(hit: ShapeHit): Hit {
  if (hit.trouble === 'kind' || hit.trouble === 'missingKey') return { ...hit, severity: 'error' }
  if (hit.trouble === 'unknownKey' && hit.data === undefined) return { ...hit, severity: 'hint', faded: 'unnecessary' }
  return hit
}

function root(document: SkillDocument): Value | undefined {
  return document.isReadable && document.yaml.root?.kind === 'map' ? document.yaml.root : undefined
}

/** The folder that a manifest's paths start from. */
function pluginRoot({ path }: SkillDocument): Path | undefined {
  if (path === undefined) return undefined
  return path.endsWith('/.agents/plugins/marketplace.json')
    ? parentOf(parentOf(parentOf(path)))
    : parentOf(parentOf(path))
}

function listedPlugins(document: SkillDocument): readonly Value[] {
  return document.kind === 'marketplace' ? (entryIn(root(document), 'plugins')?.value.items ?? []) : []
}

/** A path that a manifest names. */
interface Part {
  readonly key: string
  readonly base: Path
  readonly value: Value
}

/** The relative paths of skills, commands and agents that a manifest names, with what they start from. */
export function partsOf(document: SkillDocument): Part[] {
  const base = pluginRoot(document)
  const value = root(document)
  if (base === undefined || !value) return []
  const holders =
    document.kind === 'plugin'
      ? [{ holder: value, at: base }]
      : listedPlugins(document).flatMap((holder) => {
          const at = localSource(document, holder)
          return at === undefined ? [] : [{ holder, at }]
        })
  return holders.flatMap(({ holder, at }) =>
    ['skills', 'commands', 'agents'].flatMap((key) => {
      const written = entryIn(holder, key)?.value
      const values = written?.kind === 'list' ? written.items : written ? [written] : []
      return values
        .filter(({ kind, text }) => kind === 'text' && text.trim() !== '')
        .map((each) => ({ key, base: at, value: each }))
    }),
  )
}

/** Where a plugin of a marketplace lies, if it is in the marketplace's own folder. */
function localSource(document: SkillDocument, plugin: Value): Path | undefined {
  const base = pluginRoot(document)
  const source = entryIn(plugin, 'source')?.value
  const inside =
    source?.kind === 'map' && /^(?:local|directory|file)$/.test(entryIn(source, 'source')?.value.text ?? '')
  const written = inside ? entryIn(source, 'path')?.value.text : source?.kind === 'text' ? source.text : undefined
  if (base === undefined || written === undefined || written.trim() === '' || /^(?:\/|~|[a-z]+:)/i.test(written))
    return undefined
  const pluginFolder = entryIn(entryIn(root(document), 'metadata')?.value, 'pluginRoot')?.value.text
  return resolveIn(pluginFolder && !/^\.\.?\//.test(written) ? resolveIn(base, pluginFolder) : base, written)
}

function sourceHits(document: SkillDocument, plugin: Value, files: FileView): Hit[] {
  const entry = entryIn(plugin, 'source')
  if (!entry) return []
  const { value } = entry
  if (value.kind === 'text') {
    if (isEmpty(value)) return [{ span: valueOrKey(entry), message: 'The source is empty.' }]
    const path = localSource(document, plugin)
    if (path === undefined) return []
    return files.stat(path) === 'missing'
      ? [{ span: value.span, message: `There is no folder \`${value.text}\`.` }]
      : []
  }
  if (value.kind !== 'map') return []
  const kind = entryIn(value, 'source')
  if (!kind) return [{ span: entry.keySpan, message: 'A source has a `source`: what kind it is of.' }]
  const needed = sourceNeeds[kind.value.text]
  if (!needed) {
    const near = nearest(kind.value.text, Object.keys(sourceNeeds))
    const message = `A source is one of ${listed(Object.keys(sourceNeeds))}.`
    return [{ span: valueOrKey(kind), message, ...(near ? { data: { near } } : {}) }]
  }
  const absent = needed.filter((key) => !entryIn(value, key))
  if (absent.length > 0)
    return absent.map((key) => ({
      span: kind.value.span,
      message: `A source of kind ${kind.value.text} has a \`${key}\`.`,
    }))
  const path = localSource(document, plugin)
  const at = entryIn(value, 'path')
  if (path === undefined || !at || files.stat(path) !== 'missing') return []
  return [{ span: valueOrKey(at), message: `There is no folder \`${at.value.text}\`.` }]
}

/** Every `command` in hooks or servers, however deep. */
function commandsIn(part: Value): Entry[] {
  const found: Entry[] = []
  const waiting = [part]
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    found.push(...value.entries.filter(({ key, value: { kind } }) => key === 'command' && kind === 'text'))
    waiting.push(...value.items, ...value.entries.map((entry) => entry.value))
  }
  return found.sort((a, b) => a.keySpan.start - b.keySpan.start)
}

const relative = /(?:^|[\s"'=])(\.{1,2}\/[^\s"';|&]*|(?:scripts|hooks|bin|servers?|hooks-handlers)\/[^\s"';|&]+\.\w+)/

function ownPath({ value }: Entry): Hit[] {
  const path = relative.exec(value.text)?.[1]
  if (path === undefined || /\$\{?CLAUDE_PROJECT_DIR\}?/.test(value.text)) return []
  const message = `\`${path}\` is looked for in the user’s project; write \`\${CLAUDE_PLUGIN_ROOT}/${path.replace(/^\.\//, '')}\`.`
  return [{ span: value.span, message, data: { path } }]
}

import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { isInside, nameIn, type Path, resolveIn } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import { missingHeadings } from './headingLinks.ts'
import { hitsAmong } from './hits.ts'
import { importHits } from './imports.ts'
import { linkedTexts, linksOf } from './linkedTexts.ts'
import { tooLong } from './longReferences.ts'
import { onceSeen } from './once.ts'
import { codePathsIn, firstFolder, linksIn, lookUp, type PathReference, pathsIn } from './pathReferences.ts'
import { profiles } from './profiles.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { scriptRuns } from './scriptRuns.ts'
import { firstLine, inside, pluginRootOf } from './skillFolder.ts'
import { isExample, isMade, isWrong } from './wordsAround.ts'

const everywhere = ['skill', 'flatSkill', 'agent', 'instructions', 'memory', 'markdown'] as const
const skills = ['skill'] as const
/** What links, code, and both are written with. */
const ofLinks = ['](', ']:'] as const
const ofCode = ['`', '~~~'] as const
const ofPaths = [...ofLinks, '`'] as const
const longText = 262_144

/** R: what a text refers to. */
export const referenceRules = ruleTable({
  R01: {
    title: 'Link to a file that is not there',
    severity: { default: 'warning', 'publish-claude.ai': 'error', 'publish-clawhub': 'error' },
    kinds: everywhere,
    why: 'The agent is told to read what it cannot find.',
    source: 'specification',
    saidByEditor: true,
    needs: { words: ofLinks },
    check: (document, { files }) =>
      hitsAmong(linksIn(document), (reference) => {
        const answer = lookUp(document, reference, files)
        if (answer?.type !== 'missing') return undefined
        const { near } = answer
        const target = reference.target!
        const outside = !near && leadsOut(document, target, files) ? ' It would lie outside the skill’s folder.' : ''
        const message = `There is no \`${reference.written}\`${near ? `; did you mean \`${near}\`?` : '.'}${outside}`
        return { span: reference.span, message, data: { target, ...(near ? { near } : {}) } }
      }),
  },
  R02: {
    title: 'Path of a file that is not there',
    severity: 'warning',
    kinds: skills,
    why: 'The agent is told to use what it cannot find.',
    source: 'specification',
    needs: { words: ofCode },
    check: (document, { files }) => {
      const paths = ownPaths(document, files)
      const missing = (reference: PathReference) => lookUp(document, reference, files)?.type === 'missing'
      if (!paths.some(missing)) return []
      const named = (span: Span) => isMade(document, span) || isExample(document, span)
      const made = new Set(paths.filter(({ span }) => named(span)).map(({ written }) => written))
      const seen = new Set<number>()
      return hitsAmong(paths, (reference) => {
        const { span, written } = reference
        const answer = lookUp(document, reference, files)
        if (answer?.type !== 'missing' || seen.has(span.start) || made.has(written)) return undefined
        if (isInPlugin(document, written, files)) return undefined
        seen.add(span.start)
        const { near } = answer
        const message = `The skill has no \`${written}\`${near ? `; did you mean \`${near}\`?` : '.'}`
        return { span, message, ...(near ? { data: { near } } : {}) }
      })
    },
  },
  R03: {
    title: 'Link to a heading that is not there',
    severity: 'warning',
    kinds: everywhere,
    why: 'The link leads to the file’s beginning instead.',
    source: 'commonMark',
    needs: { words: ofLinks },
    check: missingHeadings,
  },
  R04: {
    title: 'Capitals of a path',
    severity: 'warning',
    kinds: everywhere,
    why: 'Where capitals count, the file is not found.',
    source: 'specification',
    needs: { words: ofPaths },
    check: (document, { files }) =>
      hitsAmong(pathsIn(document), (reference) => {
        if (reference.form === 'code' && !isOwnButForCapitals(document, reference, files)) return undefined
        const answer = lookUp(document, reference, files)
        if (answer?.type !== 'otherCase') return undefined
        const { written } = answer
        return { span: reference.span, message: `On the disk it is spelled \`${written}\`.`, data: { near: written } }
      }),
  },
  R05: {
    title: 'Backslashes in a path',
    severity: 'warning',
    kinds: everywhere,
    why: 'Paths are written with `/` everywhere, also on Windows.',
    source: 'bestPractices',
    needs: { words: ['\\'] },
    check: (document) => {
      const codePaths = codePathsIn(document).filter(({ written }) => ofSkills.test(written))
      return [...linksIn(document), ...codePaths]
        .filter(
          ({ written, span }) =>
            /\\[A-Za-z0-9]/.test(written) && !/^[A-Za-z]:/.test(written) && !isWrong(document, span),
        )
        .map(({ span }) => ({ span, message: 'Write the path with `/`.' }))
    },
  },
  R06: {
    title: 'Path of one machine',
    severity: 'warning',
    kinds: everywhere,
    why: 'On another machine, or for another user, there is nothing at this path.',
    source: 'bestPractices',
    needs: { words: ['/home', '/users', ':/', ':\\', '~/', 'file:'] },
    check: (document) =>
      hitsAmong(document.inlines, (inline) => {
        if (inline.type !== 'link' && inline.type !== 'definition' && inline.type !== 'code') return undefined
        const span = inline.type === 'code' ? inline.content : inline.target
        if (span.end - span.start > 1000) return undefined
        const written = document.slice(span)
        const home =
          /(?:^|[\s"'=(])((?:file:\/\/)?(?:\/Users|\/home|[A-Za-z]:[\\/]Users)[\\/]([\w.-]+)[^\s"'`)]*)/.exec(written)
        const link = inline.type !== 'code' && /^(?:~\/|file:|[A-Za-z]:[\\/])/.test(written)
        if (home && !someUser.test(home[2]!)) {
          const start = span.start + home.index + home[0].length - home[1]!.length
          const hit: Hit = {
            span: { start, end: start + home[1]!.length },
            message: 'This path is there on one machine only.',
          }
          // References tell of paths as well: of a log, of a container, of somebody else's machine.
          return inline.type === 'code' && document.kind === 'markdown' ? { ...hit, severity: 'information' } : hit
        }
        return link && !/[<>{}$*]/.test(written)
          ? { span, message: 'A link starts at the file it stands in, not at the disk or the home directory.' }
          : undefined
      }),
  },
  R07: {
    title: 'Link that leads out of the skill',
    severity: 'information',
    kinds: skills,
    why: 'Whoever installs the skill gets its folder only.',
    source: 'specification',
    needs: { words: ofLinks },
    check: (document, { files }) =>
      hitsAmong(linksIn(document), (reference) => {
        const { target, span } = reference
        if (target === undefined || !leadsOut(document, target, files)) return undefined
        // Of one that is not there, R01 tells both.
        if (lookUp(document, reference, files)?.type === 'missing') return undefined
        return { span, message: 'This leads out of the skill’s folder.' }
      }),
  },
  R08: {
    title: 'Link to a deep file',
    severity: 'hint',
    kinds: skills,
    why: 'References are one folder deep: agents follow links further down less reliably.',
    source: 'specification',
    needs: { words: ofLinks },
    check: (document) =>
      hitsAmong(linksIn(document), ({ target, span }) => {
        const relative = target && document.folderPath && inside(document.folderPath, target)
        const depth = relative ? relative.split('/').length - 1 : 0
        return depth > 1 ? { span, message: `This file lies ${depth} folders deep.` } : undefined
      }),
  },
  R09: {
    title: 'Reference that only a reference names',
    severity: 'hint',
    kinds: skills,
    why: 'Agents often read only the beginning of a file that another file names: link it from SKILL.md.',
    source: 'bestPractices',
    needs: { words: ofLinks },
    check: (document, { files }) => {
      const root = document.folderPath
      if (root === undefined) return []
      const linked = linkedTexts(document, files)
      return hitsAmong(linked, ({ span, target, text }) => {
        const further = linksOf(text, target).find(
          (next) =>
            isInside(root, next) &&
            !linked.some((direct) => direct.target === next) &&
            next !== document.path &&
            !isNamed(document, root, next),
        )
        if (further === undefined) return undefined
        const message = `\`${nameIn(target)}\` refers to \`${inside(root, further)}\`, which SKILL.md does not name.`
        return { span, message, related: [{ message: 'Refers to it', path: target }] }
      })
    },
  },
  R11: {
    title: 'Path that is no link',
    severity: { default: 'off', vscode: 'hint' },
    kinds: skills,
    why: 'VS Code loads the files that a skill links; a path in backticks is not one of them.',
    source: 'vscodeSkills',
    needs: { words: ['`'] },
    check: (document, { files }) => {
      const links = linksIn(document)
      return hitsAmong(codePathsIn(document), (reference) => {
        const { written, target, whole } = reference
        if (!/\.(?:md|txt|json|ya?ml)$/i.test(written)) return undefined
        if (lookUp(document, reference, files)?.type !== 'there') return undefined
        if (links.some((link) => link.target === target)) return undefined
        const message = 'VS Code loads this file only if it is a link.'
        return { span: whole, message, profiles: ['vscode'], data: { path: written } }
      })
    },
  },
  R12: {
    title: 'Path without its extension',
    severity: 'hint',
    kinds: everywhere,
    why: 'The agent must guess the file’s name.',
    source: 'specification',
    needs: { words: ofPaths },
    check: (document, { files }) =>
      hitsAmong(pathsIn(document), (reference) => {
        const inCode = reference.form === 'code'
        if (inCode && !ownFolders(document, files).has(firstFolder(reference.written) ?? '')) return undefined
        const answer = lookUp(document, reference, files)
        if (answer?.type !== 'noExtension') return undefined
        const full = reference.written + answer.extension
        const hit: Hit = { span: reference.span, message: `The file is called \`${full}\`.`, data: { near: full } }
        return inCode ? hit : { ...hit, severity: 'warning' }
      }),
  },
  R13: {
    title: 'Script that is run from elsewhere',
    severity: 'warning',
    kinds: skills,
    why: 'Commands run in the project, not in the skill’s folder: there is no such script there.',
    source: 'claudeSkills',
    needs: { words: ofCode },
    check: (document, { files, profiles: inForce }) => {
      const { folderPath } = document
      const runs = scriptRuns(document)
      if (folderPath === undefined || runs.length === 0 || saysWhere(document)) return []
      // Where the specification counts as well, its relative paths are right.
      const wrongFor = (['claude-code', 'openclaw'] as const).filter(
        (id) => id === 'claude-code' || !inForce.includes('spec'),
      )
      return hitsAmong(runs, ({ span, written }) => {
        const stat = files.stat(resolveIn(folderPath, written))
        if (stat === undefined || stat === 'missing') return undefined
        const message = 'This is looked for in the project, not in the skill’s folder.'
        return { span, message, profiles: wrongFor, data: { path: written.replace(/^\.\//, '') } }
      })
    },
  },
  R14: {
    title: 'Address that follows a branch',
    severity: 'off',
    kinds: everywhere,
    why: 'What it shows can change after somebody has read the skill.',
    source: 'bestPractices',
    needs: { words: ['github'] },
    check: (document) =>
      document.inlines.flatMap((inline): Hit[] => {
        if (inline.type !== 'link' && inline.type !== 'url' && inline.type !== 'definition') return []
        const written = document.slice(inline.target).slice(0, 1000)
        const moving =
          /^https?:\/\/(?:raw\.githubusercontent\.com\/[^/]+\/[^/]+|(?:www\.)?github\.com\/[^/]+\/[^/]+\/(?:blob|raw|tree))\/(?:refs\/heads\/)?(?:main|master|HEAD|develop|trunk)\//
        return moving.test(written)
          ? [{ span: inline.target, message: 'This follows a branch; name a commit or a tag.' }]
          : []
      }),
  },
  R15: {
    title: 'Long reference',
    severity: 'hint',
    kinds: ['skill', 'markdown'],
    why: 'An agent may read only the beginning: a list of contents there says what follows. A very long file fills its memory.',
    source: 'bestPractices',
    check: (document, { files }) => {
      if (document.kind === 'markdown') return hitsAmong([document.text], (text) => tooLong(firstLine(document), text))
      return hitsAmong(linkedTexts(document, files), ({ span, target, text }) => tooLong(span, text, target))
    },
  },
  R16: {
    title: 'Import',
    severity: 'error',
    kinds: ['instructions'],
    why: 'Claude Code follows imports five files deep, each file once.',
    source: 'claudeMemory',
    needs: { words: ['@'] },
    check: (document, context) => importHits(document, context),
  },
})

const ofSkills = /^(?:\.\\)?(?:scripts|references?|assets|templates|examples|resources|docs)\\/i
/** Names that stand for anybody. */
const someUser =
  /^(?:user(?:name)?|dev(?:eloper)?|agent|jovyan|sandbox|project|builder|codespace|you|yourname|your[-_].*|me|myself|name|example|someone|anyone|runner|ubuntu|vscode|node|coder|app|shared|public|foo|bar|alice|bob|john(?:[._-]?doe)?|jane(?:[._-]?doe)?|jdoe|xxx+|\.\.\.)$/i

/** Whether a skill’s link leads where those who install it have nothing: out of its folder and of its plugin, where it is in one. */
function leadsOut({ kind, path, folderPath }: SkillDocument, target: Path, files: FileView): boolean {
  if (kind !== 'skill' || path === undefined || folderPath === undefined || isInside(folderPath, target)) return false
  const plugin = pluginRootOf(path, files)
  return plugin === 'none' || (plugin !== undefined && !isInside(plugin, target))
}

/** Whether the plugin has a file of this path: its skills may speak of what lies beside them. */
function isInPlugin(document: SkillDocument, written: string, files: FileView): boolean {
  const root = document.path === undefined ? undefined : pluginRootOf(document.path, files)
  return root !== undefined && root !== 'none' && files.stat(resolveIn(root, written)) !== 'missing'
}

/** The folders that a skill has; none while that is not known. */
const ownFolders = onceSeen(({ kind, folderPath }, files): ReadonlySet<string> => {
  const items = kind !== 'skill' || !folderPath ? undefined : files.list(folderPath)
  if (items === undefined || items === 'missing') return new Set()
  return new Set(items.filter(({ type }) => type === 'folder').map(({ name }) => name))
})

function isOwnButForCapitals(document: SkillDocument, { written }: PathReference, files: FileView): boolean {
  const first = firstFolder(written)?.toLowerCase()
  for (const name of ownFolders(document, files)) if (name.toLowerCase() === first) return true
  return false
}

/** The paths of files that are named or run in code and begin with a folder of the skill; others are the project's. */
function ownPaths(document: SkillDocument, files: FileView): readonly PathReference[] {
  const own = ({ written }: PathReference) =>
    ownFolders(document, files).has(firstFolder(written) ?? '') && /\.[A-Za-z0-9]{1,5}$/.test(written)
  const named = codePathsIn(document).filter(own)
  const run = scriptRuns(document).filter(own)
  return run.length === 0 ? named : [...named, ...run]
}

/** Whether the text names a file in any way. */
function isNamed({ text }: SkillDocument, root: Path, path: Path): boolean {
  return text.includes(inside(root, path) ?? path) || text.includes(nameIn(path))
}

/** Whether the author tells the agent itself where paths start. */
function saysWhere(document: SkillDocument): boolean {
  const body = document.slice(document.body)
  return (
    body.length < longText &&
    /relative to (?:the|this) (?:skill|directory|folder|file)|base directory|skill(?:’s|'s)? (?:root|base )?(?:directory|folder)|\bcd ["']?(?:\$|\{|<|\/|~)|SKILL_DIR|skill_dir|baseDir|CLAUDE_PLUGIN_ROOT/i.test(
      body,
    )
  )
}

/** The profile's own way to name the skill's folder in a command. */
export function skillFolderVariable(inForce: RuleContext['profiles']): string | undefined {
  const clients = inForce.map((id) => profiles[id].client)
  if (clients.includes('claude-code')) return `\${CLAUDE_SKILL_DIR}`
  return clients.includes('openclaw') ? '{baseDir}' : undefined
}

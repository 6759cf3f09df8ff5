import type { SkillDocument } from '../document/document.ts'
import { nameIn } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import { listed } from './entries.ts'
import { packageWords } from './packages.ts'
import { pythonModules } from './pythonModules.ts'
import { type Hit, ruleTable } from './rule.ts'
import { codeLines, languageOf, placesOf, type ScriptLanguage } from './scriptText.ts'
import { fileHit } from './skillFiles.ts'
import { firstLine, installedWith } from './skillFolder.ts'
import { unpinnedHits } from './unpinned.ts'

const kinds = ['script'] as const

/** S: what a skill runs. */
export const scriptRules = ruleTable({
  S01: {
    title: 'Script that cannot be started by its name',
    severity: 'hint',
    kinds,
    why: 'With a first line `#!` and the right to be executed a script runs by its name; otherwise every caller has to know its interpreter.',
    source: 'bestPractices',
    check: (document, { files }) => {
      const language = languageOf(document)
      if (document.text.trim() === '' || !language || !starters[language]) return []
      if (document.text.startsWith('#!')) return executableHits(document, files)
      if (!isProgram(document, language)) return []
      return [{ span: firstLine(document), message: 'The first line does not say what runs the script.' }]
    },
  },
  S02: {
    title: 'Script goes on after an error',
    severity: 'hint',
    kinds,
    why: 'Without `set -e` a failed command is followed by the next one, and the agent is told of success.',
    source: 'bestPractices',
    check: (document) => {
      if (languageOf(document) !== 'shell') return []
      const lines = codeLines(document, 'shell')
      const isSet = /^#!\S+(?:\s+\S+)*\s-[a-z]*e/.test(document.text)
      const sets = lines.some(({ code }) => /^set\s+(?:-\w*e|-o\s+errexit)|\bset\s+-[a-z]*o\s+errexit/.test(code))
      const message = 'The script goes on after a command has failed; add `set -euo pipefail`.'
      return lines.length > 3 && !sets && !isSet ? [{ span: firstLine(document), message }] : []
    },
  },
  S03: {
    title: 'Script asks at the terminal',
    severity: 'warning',
    kinds,
    why: 'An agent has no terminal: the script waits for ever, or reads an empty answer.',
    source: 'bestPractices',
    check: (document) => {
      const language = languageOf(document)
      const pattern = language && prompts[language]
      // Who looks whether there is a terminal, or can be told not to ask, has thought of it.
      if (!pattern || /isatty|\[\[? -t 0|--(?:yes|no-input|non-interactive|force)\b|"-y"|'-y'/.test(document.text))
        return []
      const message = 'This waits for an answer that an agent cannot give; take it as an argument.'
      return placesOf(codeLines(document, language), pattern).map((span) => ({ span, message }))
    },
  },
  S04: {
    title: 'Script without help',
    severity: 'hint',
    kinds,
    why: 'With `--help` the agent learns how to call a script without reading it.',
    source: 'bestPractices',
    check: (document) => {
      const language = languageOf(document)
      const pattern = language && argumentUse[language]
      if (!pattern || helps.test(document.text)) return []
      const [span] = placesOf(codeLines(document, language), pattern)
      return span ? [{ span, message: 'The script takes arguments, but has no `--help`.' }] : []
    },
  },
  S05: {
    title: 'Package without a version',
    severity: 'information',
    kinds: ['script', 'skill', 'flatSkill'],
    why: 'What is installed or run today can be something else tomorrow.',
    source: 'bestPractices',
    needs: { words: packageWords },
    check: (document) => shellTexts(document).flatMap(({ start, text }) => unpinnedHits(document, text, start)),
  },
  S06: {
    title: 'Dependencies are not declared',
    severity: 'hint',
    kinds,
    why: 'With a block `# /// script` (PEP 723) `uv run` brings what the script needs.',
    source: 'bestPractices',
    check: (document, { files }) => (languageOf(document) === 'python' ? undeclared(document, files) : []),
  },
  S07: {
    title: 'Path of one machine',
    severity: 'information',
    kinds,
    why: 'The folder is there on the author’s machine only.',
    source: 'bestPractices',
    check: (document) => {
      const language = languageOf(document)
      if (!language) return []
      return placesOf(
        codeLines(document, language),
        /(?:\/Users\/|\/home\/|\b[A-Z]:\\{1,2}Users\\{1,2})([A-Za-z][\w.-]{0,31})(?=[\\/"'\s]|$)/,
      )
        .filter((span) => !nobody.has(nameIn(document.slice(span).replaceAll('\\', '/')).toLowerCase()))
        .map((span) => ({ span, message: 'This folder is on one machine only.' }))
    },
  },
  S08: {
    title: 'Text is run as code',
    severity: 'information',
    kinds,
    why: 'Whoever supplies the text runs what they like: file names, web pages and models do.',
    source: 'bestPractices',
    check: (document) => {
      const language = languageOf(document)
      const pattern = language && runsText[language]
      if (!pattern) return []
      return placesOf(codeLines(document, language), pattern).map((span) => ({
        span,
        message: 'This runs a text as code; see that nobody else can supply it.',
      }))
    },
  },
  S09: {
    title: 'Compiled files in the skill',
    severity: 'warning',
    kinds: ['skill'],
    why: 'They run on one kind of machine only, and nobody can read them.',
    source: 'bestPractices',
    check: (document, { files }) =>
      installedWith(document, files).flatMap((item): Hit[] => {
        const { relative, name, type } = item
        if (type === 'folder')
          return name === '__pycache__'
            ? [fileHit(document, item, `\`${relative}\` is a cache of Python; leave it out.`)]
            : []
        if (relative.includes('__pycache__/') || !compiled.test(name)) return []
        return [fileHit(document, item, `\`${relative}\` is compiled.`)]
      }),
  },
  S10: {
    title: 'Name and head of a script',
    severity: 'off',
    kinds,
    why: 'Scripts are found by names in one style, and understood by a comment at their head.',
    source: 'bestPractices',
    check: (document) => {
      const stem = nameIn(document.path ?? document.uri).replace(/\.[^.]+$/, '')
      const span = firstLine(document)
      const named: Hit[] = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$|^__\w+__$/.test(stem)
        ? []
        : [{ span, message: 'A script’s name has small letters, digits, and `-` or `_`.' }]
      const head = document.text.split('\n', 5).join('\n').replace(/^#!.*/, '')
      const isTold = /^\s*(?:#|\/\/|\/\*|"""|'''|<#)/m.test(head)
      return isTold || document.text.trim() === ''
        ? named
        : [...named, { span, message: 'No comment at the head says what the script does.' }]
    },
  },
})

/** What starts a script of each language. */
export const starters: Partial<Record<ScriptLanguage, string>> = {
  shell: '#!/usr/bin/env bash',
  python: '#!/usr/bin/env python3',
  ruby: '#!/usr/bin/env ruby',
  perl: '#!/usr/bin/env perl',
}

const prompts: Partial<Record<ScriptLanguage, RegExp>> = {
  shell:
    /(?:^|[;&|]\s*|\bdo\s+|\bthen\s+)read\s+(?:-[a-zA-Z]+\s+(?:\d+\s+)?){0,3}-[a-zA-Z]*p\b[^<]*$|^select\s+\w+\s+in\b/,
  python: /(?<![\w.])(?:input\(|getpass\.getpass\(|click\.(?:prompt|confirm)\(|typer\.(?:prompt|confirm)\()/,
  node: /\brl\.question\(|\breadline\.question\(|\binquirer\.prompt\(|\bawait\s+prompts?\(/,
  ruby: /(?<![\w.])(?:STDIN\.|\$stdin\.)gets\b/,
  powershell: /\bRead-Host\b/,
}

const argumentUse: Partial<Record<ScriptLanguage, RegExp>> = {
  shell: /\$\{?[1-9@](?:[:}\s"']|$)/,
  python: /\bsys\.argv\b/,
  node: /\bprocess\.argv\b/,
  ruby: /\bARGV\b/,
}
const helps =
  /--help\b|(?<![\w-])-h\b|\busage\b|\bargparse\b|\bimport\s+(?:click|typer|fire)\b|\bfrom\s+(?:click|typer|docopt)\b|\bcommander\b|\byargs\b|\bparseArgs\b|\bOptionParser\b|\bgetopts\b/i

const runsText: Partial<Record<ScriptLanguage, RegExp>> = {
  shell:
    /(?:^|[;&|]\s*)eval\s+(?!"?\$\((?:ssh-agent|brew shellenv|direnv|pyenv|rbenv|fnm|nodenv|conda|starship|zoxide|opam env))\S.{0,80}/,
  python: /(?<![\w.])(?:eval|exec)\(|\bos\.(?:system|popen)\(|\bshell\s*=\s*True\b/,
  node: /(?<![\w.])eval\(|\bnew\s+Function\(|\bexecSync\(\s*`|(?<![\w.])exec\(\s*`/,
  ruby: /(?<![\w.])(?:eval|instance_eval)\b/,
  powershell: /\bInvoke-Expression\b/,
}

const nobody = new Set([
  'user',
  'username',
  'you',
  'yourname',
  'your-name',
  'name',
  'me',
  'runner',
  'ubuntu',
  'node',
  'vscode',
  'shared',
  'public',
  'default',
  'linuxbrew',
  'claude',
  'app',
  'example',
  'root',
  'sandbox',
])
const compiled = /\.(?:py[cod]|so|dll|dylib|exe|class|o|a|lib|bin|wasm|node)$/i

/** Modules are imported, not started. */
function isProgram(document: SkillDocument, language: ScriptLanguage): boolean {
  return language !== 'python' || /^if __name__ == ['"]__main__['"]/m.test(document.text)
}

function executableHits({ path, text }: SkillDocument, files: FileView): Hit[] {
  const stat = path === undefined ? undefined : files.stat(path)
  if (!stat || stat === 'missing' || stat.executable) return []
  const end = /^[^\r\n]*/.exec(text)![0].length
  return [{ span: { start: 0, end }, message: 'The file may not be executed: `chmod +x` it.' }]
}

/** The texts in which commands stand: a script as a whole, the fences of a skill. */
function shellTexts(document: SkillDocument): { start: number; text: string }[] {
  if (document.kind === 'script') {
    const language = languageOf(document)
    return language === 'shell' ? codeLines(document, language).map(({ start, code }) => ({ start, text: code })) : []
  }
  return document.blocks.flatMap((block) =>
    block.type === 'fence' && /^(?:!|ba|z)?(?:sh|shell|console|bash)?$/i.test(document.slice(block.info))
      ? [{ start: block.content.start, text: document.slice(block.content).slice(0, 50_000) }]
      : [],
  )
}

const imports = /^(?:import\s+([A-Za-z_][\w., \t]{0,200})|from\s+([A-Za-z_]\w{0,60})(?:\.[\w.]{1,100})?\s+import\b)/

function undeclared(document: SkillDocument, files: FileView): Hit[] {
  const { text, folderPath } = document
  if (/^# \/\/\/ script\s*$/m.test(text)) return []
  const beside = folderPath === undefined ? undefined : files.list(folderPath)
  const above = folderPath === undefined ? undefined : files.list(folderPath.slice(0, folderPath.lastIndexOf('/')))
  if (folderPath !== undefined && (beside === undefined || above === undefined)) return []
  const names = [beside, above].flatMap((items) => (items && items !== 'missing' ? items.map(({ name }) => name) : []))
  if (names.some((name) => /^(?:requirements.*\.txt|pyproject\.toml|Pipfile|environment\.ya?ml|uv\.lock)$/.test(name)))
    return []
  const own = new Set(names.map((name) => name.replace(/\.py$/, '')))
  const found = new Map<string, Hit['span']>()
  for (const { start, code } of codeLines(document, 'python')) {
    const match = imports.exec(code)
    if (!match) continue
    const modules = match[2] ? [match[2]] : match[1]!.split(',').map((part) => part.trim().split(/[\s.]/)[0]!)
    for (const module of modules) {
      if (module === '' || pythonModules.has(module) || own.has(module) || found.has(module)) continue
      const at = start + code.indexOf(module, code.startsWith('from') ? 4 : 6)
      found.set(module, { start: at, end: at + module.length })
    }
  }
  const [first] = found.values()
  if (!first) return []
  const modules = [...found.keys()].map((name) => `\`${name}\``)
  return [{ span: first, message: `Nothing declares that the script needs ${listed(modules)}.` }]
}

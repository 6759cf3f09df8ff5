import type { SkillDocument } from '../document/document.ts'
import { nearest } from './keyNames.ts'
import type { Hit } from './rule.ts'

/** A package that a command installs or runs. */
export interface PackageUse {
  readonly tool: 'npm' | 'python'
  /** Without version and extras. */
  readonly name: string
  readonly pinned: boolean
  readonly start: number
  readonly end: number
}

const command =
  /\b(?:(npx|pnpm dlx|yarn dlx|bunx|npm (?:install|i|add|exec)|pnpm (?:add|install)|yarn add|bun add)|(uvx|pipx (?:run|install)|uv (?:pip install|add|tool (?:run|install))|(?:python3? -m )?pip3? install))((?:[ \t]+[^\s;&|`"'<>()#]{1,100}){1,20})/g
/** Without one of these no command installs or runs a package. */
export const packageWords: readonly string[] = [
  'npm ',
  'npx',
  'yarn ',
  'bunx',
  'bun add',
  'uvx',
  'uv pip',
  'uv add',
  'uv tool',
  'pipx ',
  'pip install',
  'pip3 install',
]
const withValue = new Set([
  '--registry',
  '--index-url',
  '-i',
  '--extra-index-url',
  '--prefix',
  '--from',
  '-r',
  '-c',
  '-e',
  '-t',
  '--target',
  '--with',
  '-p',
  '--package',
  '--python',
  '-w',
  '--workspace',
  '-f',
])
const npmName = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i
const pythonName = /^[a-z][\w.-]*$/i

/** The packages that commands in a text install or run, in order. */
export function packagesIn(text: string): PackageUse[] {
  return [...text.matchAll(command)].flatMap((match) => {
    const tool = match[1] ? ('npm' as const) : ('python' as const)
    const runs = /^(?:npx|pnpm dlx|yarn dlx|bunx|npm exec|uvx|pipx run|uv tool run)$/.test(match[1] ?? match[2]!)
    const found: PackageUse[] = []
    let at = match.index + match[0].length - match[3]!.length
    let skips = false
    for (const part of match[3]!.split(/([ \t]+)/)) {
      const start = at
      at += part.length
      if (part.trim() === '') continue
      if (skips) {
        skips = false
        continue
      }
      if (part.startsWith('-')) {
        skips = withValue.has(part)
        continue
      }
      const use = useOf(tool, part, start)
      if (use) found.push(use)
      // What follows the package that is run are its own arguments.
      if (runs || part === '\\') break
    }
    return found
  })
}

function useOf(tool: PackageUse['tool'], part: string, start: number): PackageUse | undefined {
  const end = start + part.length
  if (/^[./~$\\{[]|:\/\/|^git\+|^[a-z]+:/i.test(part)) return undefined
  if (tool === 'npm') {
    const at = part.indexOf('@', 1)
    const name = at < 0 ? part : part.slice(0, at)
    const version = at < 0 ? '' : part.slice(at + 1)
    if (!npmName.test(name)) return undefined
    return { tool, name, pinned: /^[~^]?\d/.test(version), start, end }
  }
  const name = /^[^=<>~!@[\];]+/.exec(part)?.[0] ?? ''
  if (!pythonName.test(name)) return undefined
  return { tool, name, pinned: /(?:===?|~=|@)\s*\d/.test(part), start, end }
}

/** Packages whose names are imitated most. */
const popular: Readonly<Record<PackageUse['tool'], readonly string[]>> = {
  npm: 'react react-dom lodash express axios chalk commander typescript webpack eslint prettier moment request dotenv mongoose nodemon jest vitest electron puppeteer playwright cross-env cross-spawn node-fetch socket.io colors bluebird underscore tailwindcss next vite rollup esbuild zod openai discord.js ethers web3'.split(
    ' ',
  ),
  python:
    'requests numpy pandas scipy matplotlib flask django fastapi pydantic urllib3 beautifulsoup4 selenium tensorflow torch scikit-learn pillow cryptography paramiko sqlalchemy boto3 setuptools colorama httpx aiohttp pytest openpyxl pypdf pdfplumber python-dotenv anthropic openai transformers langchain playwright'.split(
      ' ',
    ),
}

/** Real packages that are close to another one. */
const real = new Set(
  'preact react-dom lodash-es request requests request-promise expect moments nodemon ethers ether vitest vite vue next nuxt jest pandas panda numba scipy scapy torch touch flask flash django httpx http aiohttp pypdf pypdf2 pypdf3 pillow color colors colour pytest zod zx ws chalk-cli opencv prettierd webpack-cli eslint-cli tsx tsc torchx openai dotenvx boto boto3 botocore pyside6 jinja2 redis nest'.split(
    ' ',
  ),
)

const branch =
  /\b(?:pip3? install|uvx --from|npx|npm (?:install|i)|uv (?:pip install|add))\s+(?:-\S+\s+)*["']?(git\+(?:https|ssh):\/\/[^\s"'`]{1,200}|github:[\w.-]{1,60}\/[^\s"'`]{1,100})/g

/** Names that are one letter off, and sources that can change without notice. */
export function packageHits({ text }: SkillDocument): Hit[] {
  const judged = new Map<string, string | undefined>()
  const names = packagesIn(text).flatMap(({ tool, name, start }): Hit[] => {
    const key = `${tool} ${name}`
    if (!judged.has(key)) judged.set(key, imitated(tool, name.toLowerCase()))
    const near = judged.get(key)
    if (near === undefined) return []
    const span = { start, end: start + name.length }
    return [{ span, message: `\`${name}\` is one letter off the package \`${near}\`.` }]
  })
  const moving = [...text.matchAll(branch)].flatMap((match): Hit[] => {
    const source = match[1]!
    if (/[@#][0-9a-f]{7,40}$|[@#]v?\d+(?:\.\d+)+$/.test(source)) return []
    const start = match.index + match[0].length - source.length
    const message = 'This takes whatever the branch holds on the day; name a commit.'
    return [{ span: { start, end: start + source.length }, message, severity: 'information' }]
  })
  return [...names, ...moving]
}

/** The popular package that a name looks like, if it is not the name of a real one. */
function imitated(tool: PackageUse['tool'], name: string): string | undefined {
  if (name.length < 5 || popular[tool].includes(name) || real.has(name)) return undefined
  const near = nearest(name, popular[tool])
  return near !== undefined && isOneOff(name, near) ? near : undefined
}

/** One letter more, less or other, or two neighbours swapped. */
function isOneOff(name: string, other: string): boolean {
  let head = 0
  while (head < name.length && name[head] === other[head]) head++
  let tail = 0
  while (tail < Math.min(name.length, other.length) - head && name.at(-1 - tail) === other.at(-1 - tail)) tail++
  const [rest, otherRest] = [name.length - head - tail, other.length - head - tail]
  if (rest <= 1 && otherRest <= 1) return true
  return rest === 2 && otherRest === 2 && name[head] === other[head + 1] && name[head + 1] === other[head]
}

import { networkSentences } from '#protocol/networkSentences.ts'
import { withRunner } from '#protocol/runnerWords.ts'
import type { LimitName, SandboxInfo, SandboxKind, SecretReference } from '#protocol/sandbox.ts'
import { visible } from '#protocol/visible.ts'

/** What policy says of some actions, and why. */
export interface PolicyRule {
  readonly name: string
  readonly verdict: 'allow' | 'ask' | 'deny'
  readonly risk: string
  readonly reason: string
}

/** All that holds in a workspace, as Markdown for a person. What others wrote stands in it as text, never as markup. */
export function policyText(info: SandboxInfo, rules: readonly PolicyRule[]): string {
  const { settings, state, folder, runner } = info
  const kind = `${withRunner(settings.kind, runner)}${settings.image ? `, image ${code(settings.image)}` : ''}`
  const ruled = (verdict: PolicyRule['verdict']) =>
    rules
      .filter((rule) => rule.verdict === verdict)
      .map(({ name, risk, reason }) => `${name} (${risk} risk): ${reason}`)
  return [
    '# What holds in this workspace',
    list([`Folder: ${code(folder)}`, `Sandbox: ${kind}, ${state}${info.why ? `: ${escaped(info.why)}` : ''}`]),
    '## Isolation',
    list([
      isolation[settings.kind],
      'What an agent writes stays in its session’s layer. Your files change only when you keep something.',
      'Home and installed packages are shared by all sessions of this workspace, and by no other.',
      settings.allowNone
        ? 'A session may be started without a sandbox, each time after a warning.'
        : 'Nothing runs without a sandbox: a kind that cannot be had refuses.',
    ]),
    '## Limits',
    list(limitSentences(info)),
    '## Network',
    list(networkSentences(settings.network).map(escaped)),
    '## Secrets',
    list(settings.secrets.length > 0 ? settings.secrets.map(secretSentence) : ['None.']),
    '## What an agent does without asking',
    list(ruled('allow')),
    '## What you are asked about',
    list(ruled('ask')),
    '## What is refused',
    list(ruled('deny')),
    'Rules are tried in their order, and the first that fits decides; what none knows is asked. An answer “for this session” allows that exact action again in that session only.',
  ].join('\n\n')
}

const isolation: Readonly<Record<SandboxKind, string>> = {
  bubblewrap:
    'Programs run in namespaces of their own behind a seccomp filter, on this machine’s kernel: a read-only system, the layer, a private home and /tmp. Other processes, your home and the daemon are out of sight.',
  docker:
    'Programs run in a container of the Docker engine, from an image of its own, without privileges. They share the engine’s kernel.',
  gvisor:
    'Programs run on gVisor: their system calls are answered by a kernel in user space, and never reach this machine’s own directly.',
  seatbelt: 'Programs run under a macOS Seatbelt profile that denies what it does not name. Untried on a Mac.',
  none: 'Programs run as you do, without a sandbox.',
}

const limitTexts: readonly (readonly [LimitName, (value: number) => string])[] = [
  ['memoryMiB', (value) => `Memory: ${amount(value)} MiB`],
  ['processes', (value) => `Processes: ${amount(value)}`],
  ['cpus', (value) => `Processors: ${amount(value)}`],
  ['openFiles', (value) => `Open files of one process: ${amount(value)}`],
  ['fileMiB', (value) => `Largest file: ${amount(value)} MiB`],
  ['diskMiB', (value) => `Growth of layer and home: ${amount(value)} MiB`],
  ['outputMiB', (value) => `Output of one command: ${amount(value)} MiB`],
]

/** These say themselves what they are held for. */
const ownScope: ReadonlySet<LimitName> = new Set(['openFiles', 'fileMiB', 'outputMiB'])

const held = {
  whole: 'for all together',
  perProcess: 'only for each process by itself',
  notEnforced: 'not enforced by this kind on this machine',
}

function limitSentences({ settings, open }: SandboxInfo): string[] {
  const set = limitTexts.flatMap(([name, text]) => {
    const value = settings.limits[name]
    if (value === undefined) return []
    const how = open[0]?.limits[name]
    const isSaid = ownScope.has(name) && how !== 'notEnforced'
    return [`${text(value)}${how && !isSaid ? `, ${held[how]}` : ''}.`]
  })
  if (set.length === 0) return ['None.']
  return open.length > 0 ? set : [...set, 'How each is held is known once a sandbox is open.']
}

function secretSentence({ name, from, use }: SecretReference): string {
  const where = use.type === 'file' ? `a file inside, ${code(`/run/secrets/${name}`)}` : `bound to ${code(use.host)}`
  const outside = use.type === 'host' ? '; the value itself stays outside' : ''
  return `${code(name)}: ${where}${outside}. Read from ${code(from)}.`
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}

function amount(value: number): string {
  return value.toLocaleString('en')
}

function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', '´')}\``
}

function escaped(text: string): string {
  return oneLine(text).replace(/[\\`*_<>[\]]/g, '\\$&')
}

function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ')
}

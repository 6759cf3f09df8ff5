import type { Evidence } from '#protocol/event.ts'
import { memoryWords } from '#protocol/memoryWords.ts'
import { networkSentences } from '#protocol/networkSentences.ts'
import { withRunner } from '#protocol/runnerWords.ts'
import type { SandboxInfo } from '#protocol/sandbox.ts'
import { visible } from '#protocol/visible.ts'
import {
  counted,
  heldWords,
  kindNames,
  limitValue,
  limitWords,
  secretDetail,
  size,
  stateNames,
} from './sandboxWords.ts'

/** One line of the Sandbox view. What comes from inside or from others is made visible here. */
export interface SandboxNode {
  readonly id: string
  readonly label: string
  readonly description?: string
  readonly tooltip?: string
  /** A codicon, and a theme color for it. */
  readonly icon?: string
  readonly color?: string
  readonly context?: string
  /** `later`: asked for when it is opened. */
  readonly children?: readonly SandboxNode[] | 'later'
  readonly open?: boolean
  readonly port?: SandboxPort
  readonly snapshot?: string
  readonly secret?: string
}

export interface SandboxPort {
  readonly session: string
  readonly port: number
}

export interface SandboxSurroundings {
  readonly titleOf: (session: string) => string
  /** What the last command of a session ran under, as far as this window saw it. */
  readonly evidenceOf: (session: string) => Evidence | undefined
  readonly timeOf: (at: number) => string
}

const stateIcons: Readonly<Record<SandboxInfo['state'], readonly [icon: string, color: string]>> = {
  absent: ['circle-outline', 'disabledForeground'],
  ready: ['vm-running', 'testing.iconPassed'],
  suspended: ['debug-pause', 'charts.yellow'],
  failed: ['error', 'testing.iconFailed'],
  quarantined: ['lock', 'testing.iconFailed'],
}

/** All lines of the view. */
export function sandboxNodes(info: SandboxInfo, around: SandboxSurroundings): SandboxNode[] {
  const nodes: (SandboxNode | null)[] = [
    stateNode(info, around),
    openNode(info, around),
    portsNode(info, around),
    networkNode(info),
    limitsNode(info),
    secretsNode(info),
    snapshotsNode(info, around),
    { id: 'disk', label: 'Disk', icon: 'database', description: `of ${size(info.diskLimit)}`, children: 'later' },
  ]
  return nodes.filter((node) => node !== null)
}

export function diskNodes(disk: NonNullable<SandboxInfo['disk']> | null): SandboxNode[] {
  if (!disk) return [{ id: 'disk/unknown', label: 'It could not be counted.' }]
  const line = (id: keyof typeof disk, label: string, tooltip: string): SandboxNode => ({
    id: `disk/${id}`,
    label,
    tooltip,
    description: size(disk[id]),
  })
  return [
    line('home', 'Home', 'The sandbox’s home directory: what was installed into it, and caches.'),
    line('system', 'System packages', 'Where the kind keeps a system of its own.'),
    line('layers', 'Layers', 'What the sessions of this folder changed and you have not kept.'),
    line('snapshots', 'Snapshots', 'Copies that you took.'),
  ]
}

/** Every port that something inside listens on, lowest first. */
export function portsOf({ open }: SandboxInfo): (SandboxPort & { readonly program?: string })[] {
  return open
    .flatMap(({ session, ports }) =>
      ports.map(({ port, program }) => ({ session, port, ...(program !== undefined && { program }) })),
    )
    .sort((a, b) => a.port - b.port)
}

function stateNode(info: SandboxInfo, { timeOf }: SandboxSurroundings): SandboxNode {
  const { state, settings, createdAt, usedAt, unusedDays, why, fix, memory } = info
  const [icon, color] = stateIcons[state]
  const kind = withRunner(kindNames[settings.kind], info.runner)
  const image = settings.image ? ` (${visible(settings.image)})` : ''
  const facts: SandboxNode[] = []
  if (why) facts.push({ id: 'state/why', label: visible(why), icon: 'warning', tooltip: visible(why) })
  if (fix) facts.push({ id: 'state/fix', label: visible(fix), icon: 'lightbulb', tooltip: visible(fix) })
  if (memory) facts.push({ id: 'state/memory', label: memoryWords[memory], icon: 'database' })
  if (createdAt !== undefined) facts.push({ id: 'state/made', label: 'Made', description: timeOf(createdAt) })
  if (usedAt !== undefined) facts.push({ id: 'state/used', label: 'Last used', description: timeOf(usedAt) })
  if (unusedDays !== undefined) {
    const unused = `Unused for ${counted(unusedDays, 'day')}`
    facts.push({ id: 'state/unused', label: unused, icon: 'info', tooltip: 'Nothing is deleted for it.' })
  }
  return {
    id: 'state',
    label: `${kind}${image}`,
    description: stateNames[state],
    icon,
    color,
    context: `sandbox.${state}`,
    tooltip: `${kind}${image}: ${stateNames[state]}${why ? `\n${visible(why)}` : ''}${fix ? `\n${visible(fix)}` : ''}`,
    children: facts,
    open: why !== undefined,
  }
}

function openNode({ open }: SandboxInfo, { titleOf, evidenceOf, timeOf }: SandboxSurroundings): SandboxNode | null {
  if (open.length === 0) return null
  const children = open.map(({ session, kind, runner, since, resumed }, index): SandboxNode => {
    const evidence = evidenceOf(session)
    return {
      id: `open/${session}/${index}`,
      label: visible(titleOf(session)),
      description: `${withRunner(kind, runner)}, since ${timeOf(since)}`,
      icon: kind === 'none' ? 'warning' : 'comment',
      ...(resumed?.type === 'lost' && {
        tooltip: `What ran when it was suspended is lost: ${visible(resumed.why)}`,
      }),
      ...(evidence && { children: evidenceNodes(session, evidence) }),
    }
  })
  return { id: 'open', label: 'Open', description: counted(open.length, 'session'), icon: 'layers', children }
}

function evidenceNodes(
  session: string,
  { kind, runner, active, requested, effective, limitsHit }: Evidence,
): SandboxNode[] {
  const line = (id: string, label: string, description: string, icon?: string): SandboxNode => ({
    id: `evidence/${session}/${id}`,
    label,
    description,
    ...(icon && { icon }),
  })
  const ran = active ? `ran in ${withRunner(visible(kind), runner)}` : 'ran outside any sandbox'
  return [
    line('ran', 'Last command', ran, active ? 'pass' : 'warning'),
    line('asked', 'Network asked for', requested.network ? 'any public host' : 'as the rules say'),
    line('had', 'Network in force', effective.network ? 'through the proxy' : 'none'),
    ...(limitsHit?.length ? [line('hit', 'Limits hit', limitsHit.map(visible).join(', '), 'warning')] : []),
  ]
}

function portsNode(info: SandboxInfo, { titleOf }: SandboxSurroundings): SandboxNode | null {
  if (info.open.length === 0) return null
  const ports = portsOf(info)
  const children = ports.map(
    ({ session, port, program }): SandboxNode => ({
      id: `port/${session}/${port}`,
      label: String(port),
      description: visible([program, titleOf(session)].filter(Boolean).join(' · ')),
      tooltip: 'Something inside listens here. Open it in the browser, or copy its address on this machine.',
      icon: 'plug',
      context: 'sandboxPort',
      port: { session, port },
    }),
  )
  const description = ports.length > 0 ? counted(ports.length, 'port') : 'nothing listens'
  return { id: 'ports', label: 'Open ports', description, icon: 'radio-tower', children, open: ports.length > 0 }
}

function networkNode({ settings: { network } }: SandboxInfo): SandboxNode {
  const allowed = network.rules.filter(({ verdict }) => verdict === 'allow').length
  const others = network.undecided === 'ask' ? 'asks' : 'refuses'
  const children = networkSentences(network).map(
    (sentence, index): SandboxNode => ({
      id: `network/${index}`,
      label: visible(sentence),
      tooltip: visible(sentence),
    }),
  )
  const description =
    allowed > 0 ? `${counted(allowed, 'host')} allowed, ${others} otherwise` : `${others} for every host`
  return { id: 'network', label: 'Network', description, icon: 'globe', context: 'sandboxNetwork', children }
}

function limitsNode({ settings: { limits }, open }: SandboxInfo): SandboxNode {
  const held = open[0]?.limits
  const children = limitWords.map((words): SandboxNode => {
    const value = limits[words.limit]
    const how = value === undefined ? undefined : held?.[words.limit]
    return {
      id: `limit/${words.limit}`,
      label: words.label,
      description: [limitValue(words, value), how && heldWords(words, how)].filter(Boolean).join(', '),
      ...(how === 'notEnforced' && { icon: 'warning' }),
    }
  })
  const unheld = children.some(({ icon }) => icon === 'warning')
  const set = counted(children.length - limitWords.filter(({ limit }) => limits[limit] === undefined).length, 'limit')
  return {
    id: 'limits',
    label: 'Limits',
    description: unheld ? `${set}, not all enforced` : set,
    tooltip: open.length > 0 ? 'How each is held is said beside it.' : 'How each is held is known once it is open.',
    icon: 'dashboard',
    context: 'sandboxLimits',
    children,
  }
}

function secretsNode({ settings: { secrets } }: SandboxInfo): SandboxNode {
  const children = secrets.map(
    (secret): SandboxNode => ({
      id: `secret/${secret.name}`,
      label: secret.name,
      description: secretDetail(secret),
      tooltip: `${secret.name}: ${secretDetail(secret)}. The value is never shown or stored by Paddock’s daemon.`,
      icon: 'key',
      context: 'sandboxSecret',
      secret: secret.name,
    }),
  )
  const description = secrets.length > 0 ? counted(secrets.length, 'secret') : 'none'
  return { id: 'secrets', label: 'Secrets', description, icon: 'key', context: 'sandboxSecrets', children }
}

function snapshotsNode({ snapshots }: SandboxInfo, { timeOf }: SandboxSurroundings): SandboxNode {
  const children = snapshots.map(
    ({ name, at, bytes, kind }): SandboxNode => ({
      id: `snapshot/${name}`,
      label: visible(name),
      description: `${timeOf(at)}, ${size(bytes)}, ${kindNames[kind]}`,
      icon: 'device-camera',
      context: 'sandboxSnapshot',
      snapshot: name,
    }),
  )
  const description = snapshots.length > 0 ? counted(snapshots.length, 'snapshot') : 'none'
  return { id: 'snapshots', label: 'Snapshots', description, icon: 'archive', context: 'sandboxSnapshots', children }
}

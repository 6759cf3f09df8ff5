import { posix } from 'node:path'
import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import { type Host, readAuthority, readHost } from '../../egress/hostName.ts'
import type { Place } from './place.ts'

/** What path rules say something of: a path of an action, and what it does there. */
export interface TouchedPath {
  readonly path: string
  readonly access: 'read' | 'write' | 'delete'
  /** With all that lies below. */
  readonly tree: boolean
}

/** Paths that an action names itself or that the guard saw in it, in plain form where they can be had so. */
export function pathsOf(action: Action, report: GuardReport, { root }: Pick<Place, 'root'>): TouchedPath[] {
  const seen = report.paths.map(({ path, effect, tree = false }): TouchedPath => ({ path, access: effect, tree }))
  if (action.type === 'command' || !('path' in action)) return seen
  const path = posix.resolve(root, action.path)
  const access = action.type === 'write' ? 'write' : 'read'
  return [{ path, access, tree: action.type === 'search' }, ...seen.filter((other) => other.path !== path)]
}

/** A host that an action reaches; undefined as `host` where its name cannot be read with certainty. */
export interface TouchedHost {
  readonly text: string
  readonly host: Host | undefined
  /** Undefined where it is not known. */
  readonly port: number | undefined
}

/** For a connection the host itself; otherwise those that the guard saw in the command, whose ports are in their texts. */
export function hostsOf(action: Action, report: GuardReport): TouchedHost[] {
  if (action.type !== 'connect') return report.hosts.map((text) => touched(text, undefined))
  return [touched(action.host, action.port)]
}

function touched(text: string, port: number | undefined): TouchedHost {
  const bare = readHost(text)
  if (bare) return { text, host: bare, port }
  const read = port === undefined ? readAuthority(text, undefined) : undefined
  return { text, host: read?.host, port: read?.port ?? port }
}

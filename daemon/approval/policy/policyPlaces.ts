import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Owners } from './readPolicyFile.ts'

/** Where policies are, and who must own them. */
export interface PolicyPlaces {
  /** Whoever manages the machine writes it; undefined where no such place can be vouched for. */
  readonly managed: { readonly file: string; readonly owners: Owners } | undefined
  readonly user: { readonly file: string; readonly owners: Owners | undefined }
  /** The daemon's own, out of reach of any workspace. */
  readonly dataFolder: string
}

/**
 * On Windows anybody may make a folder below ProgramData: there is no managed policy. `isOwn`: a data folder that the user
 * chose makes a daemon of its own, and its user's policy lies in there.
 */
export function policyPlaces(
  dataFolder: string,
  isOwn: boolean,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): PolicyPlaces {
  const uid = platform === 'win32' ? undefined : process.getuid?.()
  const isWindows = platform === 'win32'
  return {
    dataFolder,
    managed: isWindows ? undefined : { file: '/etc/paddock/policy.yaml', owners: { users: [0], closedTo: 0o022 } },
    user: {
      file: isOwn ? join(dataFolder, 'policy.yaml') : join(configFolder(env, platform), 'paddock', 'policy.yaml'),
      owners: uid === undefined ? undefined : { users: [uid, 0], closedTo: 0o002 },
    },
  }
}

/** What the user decided about one workspace: a folder that is named by nothing but the workspace's path. */
export function workspacePlace({ dataFolder }: Pick<PolicyPlaces, 'dataFolder'>, folder: string) {
  const place = join(dataFolder, 'policies', createHash('sha256').update(folder).digest('hex').slice(0, 16))
  return { policy: join(place, 'policy.yaml'), trust: join(place, 'trust.json') }
}

export function repositoryPlace(folder: string): string {
  return join(folder, '.paddock', 'policy.yaml')
}

function configFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  const xdg = env['XDG_CONFIG_HOME']
  return xdg?.startsWith('/') ? xdg : join(homedir(), '.config')
}

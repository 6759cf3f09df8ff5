import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where the daemon of this user keeps its log, layers and endpoint file: PADDOCK_HOME, or the platform's place for
 * application data. Absolute. Not created here.
 */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  // The daemon is started with another working directory than this one.
  if (env['PADDOCK_HOME']) return resolve(env['PADDOCK_HOME'])
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'paddock')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'paddock')
  const xdg = env['XDG_DATA_HOME']
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'share'), 'paddock')
}

/** `endpoint.json`: see `Endpoint` in #protocol/daemon.ts. */
export function endpointFile(folder: string): string {
  return join(folder, 'endpoint.json')
}

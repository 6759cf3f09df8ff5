import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import { type GuardContext, loadGuard } from '../../../daemon/approval/guard/guard.ts'

export const root = '/home/ann/shop'
export const home = '/home/ann'

/** Everything in the workspace is the user's, but for what lies in `fresh`. */
const contextOf = (folder: string): GuardContext => ({
  root: folder,
  home,
  isOriginal: (path) => path.startsWith(`${folder}/`) && !path.startsWith(`${folder}/fresh`),
})

const guard = await loadGuard()

export function examined(command: string, network = false): GuardReport {
  return examinedAction({ type: 'command', command, cwd: root, network })
}

export function examinedAction(action: Action, folder = root): GuardReport {
  return guard.examine(action, contextOf(folder))
}

/** One line that says all but what it obeys: programs, paths, hosts, reasons. */
export function summary({ understood, programs, paths, hosts, reasons }: GuardReport): string {
  const short = (path: string) => (path === root ? '.' : path.replace(`${root}/`, ''))
  return [
    ...(understood ? [] : ['?']),
    ...programs.map(({ via, name, effect }) => `${[...via, name ?? '?'].join('>')}:${effect}`),
    ...paths
      .filter(({ orders }) => !orders)
      .map(({ path, effect, tree }) => `${effect}${tree ? '*' : ''} ${short(path)}`),
    ...hosts.map((host) => `host ${host}`),
    ...reasons.map(({ code, consequential }) => code + (consequential ? '!' : '')),
  ].join(', ')
}

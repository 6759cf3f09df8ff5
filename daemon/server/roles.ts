import type { Role } from '#protocol/daemon.ts'
import type { MethodName } from '#protocol/methods.ts'

/**
 * What a client must be to call a method. Who views lists, reads and subscribes: nothing that it calls starts or ends
 * anything, changes what is decided, or counts as an answer. What is not named here is for `full` clients.
 */
export const neededRoles: { readonly [M in MethodName]?: Role } = {
  'daemon/hello': 'view',
  'daemon/status': 'view',
  'daemon/shutdown': 'full',
  'daemon/doctor': 'full',
  'session/create': 'full',
  'session/list': 'view',
  'session/rename': 'full',
  'session/setMode': 'full',
  'session/delete': 'full',
  'session/subscribe': 'view',
  'session/unsubscribe': 'view',
  'session/history': 'view',
  'task/submit': 'full',
  'task/cancel': 'full',
  'task/resume': 'full',
  'task/retry': 'full',
  'approval/list': 'view',
  'approval/answer': 'full',
  'policy/sources': 'view',
  'policy/explain': 'view',
  'policy/trust': 'full',
  'policy/addRules': 'full',
  'policy/removeRule': 'full',
  'audit/list': 'view',
  'audit/verify': 'view',
  'change/list': 'view',
  'change/hunks': 'view',
  'change/read': 'view',
  'change/keep': 'full',
  'change/discard': 'full',
  'checkpoint/list': 'view',
  'checkpoint/rewind': 'full',
  // It starts one to see whether that works.
  'sandbox/status': 'full',
  'sandbox/list': 'view',
  'sandbox/inspect': 'view',
  'sandbox/policy': 'view',
  'sandbox/configure': 'full',
  'sandbox/open': 'full',
  'sandbox/suspend': 'full',
  'sandbox/resume': 'full',
  'sandbox/quarantine': 'full',
  'sandbox/snapshot': 'full',
  'sandbox/restore': 'full',
  'sandbox/deleteSnapshot': 'full',
  'sandbox/fork': 'full',
  'sandbox/reset': 'full',
  'sandbox/dispose': 'full',
  'sandbox/provideSecrets': 'full',
  'sandbox/forwardPort': 'full',
  'process/start': 'full',
  'process/write': 'full',
  'process/resize': 'full',
  'process/kill': 'full',
  'process/acknowledge': 'full',
  'model/status': 'view',
  'model/configure': 'full',
  'workspace/saved': 'full',
}

/** Who may do everything may also look. */
export function mayCall(role: Role, method: MethodName): boolean {
  return role === 'full' || neededRoles[method] === 'view'
}

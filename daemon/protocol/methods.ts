import type { z } from 'zod'
import { approvalMethods, approvalNotifications } from './approval.ts'
import { auditMethods } from './audit.ts'
import { changeMethods } from './change.ts'
import { checkpointMethods } from './checkpoint.ts'
import { daemonMethods } from './daemon.ts'
import { doctorMethods } from './doctor.ts'
import { modelMethods, modelNotifications } from './model.ts'
import { policyMethods, policyNotifications } from './policyMethods.ts'
import { processMethods, processNotifications } from './process.ts'
import { sandboxMethods, sandboxNotifications } from './sandbox.ts'
import { sessionMethods, sessionNotifications } from './session.ts'
import { taskMethods } from './task.ts'
import { workspaceMethods } from './workspace.ts'

/** Every request of the protocol. */
export const methods = {
  ...daemonMethods,
  ...doctorMethods,
  ...sessionMethods,
  ...taskMethods,
  ...approvalMethods,
  ...auditMethods,
  ...policyMethods,
  ...changeMethods,
  ...sandboxMethods,
  ...processMethods,
  ...modelMethods,
  ...checkpointMethods,
  ...workspaceMethods,
}
type Methods = typeof methods
export type MethodName = keyof Methods
export type ParamsOf<M extends MethodName> = z.infer<Methods[M]['params']>
export type ResultOf<M extends MethodName> = z.infer<Methods[M]['result']>

/** Every notification; all go from the daemon to its clients. */
export const notifications = {
  ...sessionNotifications,
  ...approvalNotifications,
  ...policyNotifications,
  ...modelNotifications,
  ...sandboxNotifications,
  ...processNotifications,
}
type Notifications = typeof notifications
export type NotificationName = keyof Notifications
export type PayloadOf<N extends NotificationName> = z.infer<Notifications[N]>

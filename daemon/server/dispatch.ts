import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import type { Role } from '#protocol/daemon.ts'
import { invalidParams, ProtocolError, type ProtocolErrorData, roleRefused } from '#protocol/errors.ts'
import { type MethodName, methods } from '#protocol/methods.ts'
import type { Caller } from './caller.ts'
import type { Handler, Handlers } from './handlers/handler.ts'
import { mayCall } from './roles.ts'

/** Every method but the greeting, which belongs to the connection. */
export type AllHandlers = Handlers<Exclude<MethodName, 'daemon/hello'>>

interface DispatchHooks {
  /** Takes secrets out of what a client is told of an error. */
  readonly redact: <T>(value: T) => T
  /** Told of each method that a client's role does not have, once a connection. */
  readonly onRefused: (client: string, method: string, role: Role) => void
}

/**
 * Parses, calls the handler and converts what it throws: the one place where errors become wire errors. A bug is told
 * as `internal`, with its details in the daemon's log only.
 */
export function dispatcher(
  handlers: AllHandlers,
  report: (line: string) => void,
  { redact, onRefused }: DispatchHooks,
) {
  /** What each connection was refused already: it is told every time, and recorded once. */
  const refused = new WeakMap<Caller, Set<string>>()
  const refuse = (method: string, caller: Caller) => {
    const known = refused.get(caller) ?? new Set()
    refused.set(caller, known)
    if (!known.has(method)) onRefused(caller.wire.client, method, caller.role)
    known.add(method)
    return roleRefused(method, caller.role)
  }
  return async (method: string, params: unknown, caller: Caller): Promise<unknown> => {
    if (!Object.hasOwn(handlers, method)) {
      return new ResponseError(ErrorCodes.MethodNotFound, `There is no method ${method.slice(0, 100)}.`)
    }
    const name = method as keyof AllHandlers
    try {
      if (!mayCall(caller.role, name)) throw refuse(name, caller)
      const parsed = methods[name].params.safeParse(params ?? {})
      if (!parsed.success) {
        const issues = parsed.error.issues.slice(0, 10)
        throw invalidParams(
          method,
          issues.map(({ path, message }) => ({ path: path.join('.'), message })),
        )
      }
      return await (handlers[name] as Handler<typeof name>)(parsed.data as never, caller)
    } catch (error) {
      const { code, message, data } = toWire(error, (line) => report(`${method}: ${line}`))
      return new ResponseError(code, redact(message), redact(data))
    }
  }
}

function toWire(error: unknown, report: (line: string) => void): ResponseError<ProtocolErrorData> {
  if (error instanceof ProtocolError) return new ResponseError(error.code, error.message, error.data)
  report(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return new ResponseError(ErrorCodes.InternalError, 'The daemon failed at this request; see its log.', {
    type: 'internal',
  })
}

import type { z } from 'zod'

/**
 * One wire method: `<resource>/<verb>`, resource singular. The daemon parses `params` with the schema; clients take
 * types only, so that zod stays out of their bundles.
 */
export interface Method<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly params: P
  readonly result: R
}

export function method<P extends z.ZodType, R extends z.ZodType>(params: P, result: R): Method<P, R> {
  return { params, result }
}

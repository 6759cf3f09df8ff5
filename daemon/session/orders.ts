import { createHash } from 'node:crypto'
import type { Approval } from '#protocol/approval.ts'

/** Files that consent is bound to, as they are: no hash where there is none, or none that can be read. */
export type Orders = NonNullable<Approval['dependsOn']>

/** The bytes of a file inside the sandbox; undefined where it cannot be read. */
export type ReadOrders = (path: string) => Promise<Uint8Array | undefined>

export function ordersNow(paths: readonly string[], read: ReadOrders): Promise<Orders> {
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await read(path)
      return { path, sha256: bytes ? createHash('sha256').update(bytes).digest('hex') : null }
    }),
  )
}

/** Whether any of them is another than it was when it was asked about. */
export async function ordersMoved({ dependsOn = [] }: Approval, read: ReadOrders): Promise<boolean> {
  const paths = dependsOn.map(({ path }) => path)
  const now = await ordersNow(paths, read)
  return now.some(({ sha256 }, index) => sha256 !== dependsOn[index]?.sha256)
}

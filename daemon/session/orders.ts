import type { Approval } from '#protocol/approval.ts'

/** Files that consent is bound to, as they are: no hash where there is none, or none that can be read. */
export type Orders = NonNullable<Approval['dependsOn']>

/** SHA-256 (hex) of a file inside the sandbox; null where it cannot be read. */
export type HashOrders = (path: string) => Promise<string | null>

/** In the order of `paths`. */
export function ordersNow(paths: readonly string[], hash: HashOrders): Promise<Orders> {
  return Promise.all(paths.map(async (path) => ({ path, sha256: await hash(path) })))
}

/** Whether any of them is another than it was. */
export async function ordersMoved(orders: Orders, hash: HashOrders): Promise<boolean> {
  const paths = orders.map(({ path }) => path)
  const now = await ordersNow(paths, hash)
  return now.some(({ sha256 }, index) => sha256 !== orders[index]?.sha256)
}

import type { Approval } from '#protocol/approval.ts'

/** Files that consent is bound to, as they are: no hash where there is none, or none that can be read. */
export type Orders = NonNullable<Approval['dependsOn']>

/** SHA-256 (hex) of a file inside the sandbox; null where it cannot be read. */
export type HashOrders = (path: string) => Promise<string | null>

export function ordersNow(paths: readonly string[], hash: HashOrders): Promise<Orders> {
  return Promise.all(paths.map(async (path) => ({ path, sha256: await hash(path) })))
}

/** Whether any of them is another than it was when it was asked about. */
export async function ordersMoved({ dependsOn = [] }: Approval, hash: HashOrders): Promise<boolean> {
  const paths = dependsOn.map(({ path }) => path)
  const now = await ordersNow(paths, hash)
  return now.some(({ sha256 }, index) => sha256 !== dependsOn[index]?.sha256)
}

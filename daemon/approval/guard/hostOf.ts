/** The host in an address, with or without a scheme, a user and a port. */
export function hostOf(address: string): string | undefined {
  const found = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?=[:/?#]|$)/i.exec(address)
  return found?.[1]?.toLowerCase()
}

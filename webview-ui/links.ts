/** A web address that may be opened, with the host that it truly leads to; null for everything else. */
export function webLink(href: string): { url: string; host: string } | null {
  if (!/^https?:\/\//i.test(href)) return null
  try {
    const { protocol, href: url, host, username, password } = new URL(href)
    if ((protocol !== 'https:' && protocol !== 'http:') || username || password) return null
    return { url, host }
  } catch {
    return null
  }
}

/** Whether a link's words name another host than the one it leads to. */
export function misleads(words: string, host: string): boolean {
  const named = /(?:^|\/\/|[\s@])((?:[\p{L}\p{N}-]+\.)+(?:\p{L}{2,10}|xn--[a-z0-9-]+))(?=$|[\s/:?#])/u.exec(
    words.trim(),
  )?.[1]
  return named !== undefined && named.toLowerCase() !== host.replace(/:\d+$/, '').toLowerCase()
}

/**
 * A path in the workspace that inline code seems to name, as `src/cart.js:12`: relative, without `..`, and with an
 * extension (a common one where there is no folder in it, since `console.log` is not a file).
 */
export function workspacePath(code: string): { path: string; line?: number } | null {
  const match = /^(?:\.\/)?((?:[\w@.+-]+\/)*[\w@+.-]*\.([A-Za-z]\w{0,9}))(?::(\d{1,7})(?::\d+|-\d+)?)?$/.exec(code)
  if (!match || code.length > 300) return null
  const [, path = '', extension = '', line] = match
  if (path.split('/').some((part) => part === '..' || part === '.')) return null
  if (!path.includes('/') && line === undefined && !commonExtensions.has(extension.toLowerCase())) return null
  return line === undefined ? { path } : { path, line: Number(line) }
}

const commonExtensions = new Set(
  'c cc cjs conf cpp cs css csv cts go h hpp html ini java js json jsx kt lock md mjs mts php pl py rb rs sass scala scss sh sql svelte svg swift toml ts tsx txt vue xml yaml yml'.split(
    ' ',
  ),
)

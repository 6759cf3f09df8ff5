/** Relative, `/` between parts, no empty, `.` or `..` part, no NUL, and not Git's own data. */
export function isLayerPath(path: string): boolean {
  if (path === '' || path.length > 4096 || path.includes('\0')) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !isGitName(part))
}

/** Git's data is no file change: commits are accepted in their own way. Case is folded because some file systems fold it. */
export function isGitName(name: string): boolean {
  return name.toLowerCase() === '.git'
}

/** The folders above `path`, outermost first. */
export function foldersAbove(path: string): string[] {
  const above: string[] = []
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) above.push(path.slice(0, at))
  return above
}

/** Whether `path` is Git's data. */
export function isInGit(path: string): boolean {
  return path.split('/').some(isGitName)
}

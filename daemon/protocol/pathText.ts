/** In words, or `src/cart.js` for `/home/me/shop/src/cart.js` in `/home/me/shop`; other paths as they are. */
export function inWorkspace(path: string, folder: string): string {
  if (path === folder) return 'the workspace folder'
  return folder && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path
}

/** A text in which paths of the workspace are told as seen from there: those that stand in it as words of their own. */
export function textInWorkspace(text: string, folder: string): string {
  if (!folder) return text
  const written = folder.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const begins = `(?<=^|[\\s"'=:,;(<>&|])`
  return text
    .replace(new RegExp(`${begins}${written}/(?=[^\\s/])`, 'g'), '')
    .replace(new RegExp(`${begins}${written}/?(?=$|[\\s"',;)<>&|])`, 'g'), '.')
}

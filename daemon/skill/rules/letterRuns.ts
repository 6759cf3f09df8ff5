/** Whether `shortest` letters stand in a row of which `isOf` holds; looks at no more than one in many of the others. */
export function hasRun(text: string, shortest: number, isOf: (code: number) => boolean): boolean {
  let end = shortest - 1
  while (end < text.length) {
    let at = end
    while (at > end - shortest && isOf(text.charCodeAt(at))) at--
    if (at === end - shortest) return true
    end = at + shortest
  }
  return false
}

/** The options of a volume that is an overlay, in the marks that need no privilege and that layers are read by. */
export function overlayOptions({ lower, upper, work }: { lower: string; upper: string; work: string }): string {
  const single = (path: string) => path.replace(/[\\,]/g, '\\$&')
  // Lower folders are a list, with colons between them.
  const listed = lower.replace(/[\\,:]/g, '\\$&')
  return `lowerdir=${listed},upperdir=${single(upper)},workdir=${single(work)},userxattr`
}

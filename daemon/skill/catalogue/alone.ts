const scratch = Buffer.allocUnsafeSlow(8192)

/** A part of a text keeps all of it in memory; this keeps the part alone. */
export function alone(part: string): string {
  // What is so short is no part of anything: the engine copies it.
  if (part.length < 13) return part
  if (part.length * 2 > scratch.length) return Buffer.from(part, 'utf16le').toString('utf16le')
  return scratch.toString('utf16le', 0, scratch.write(part, 'utf16le'))
}

/** A part of a text keeps all of it in memory; this keeps the part alone. */
export function alone(part: string): string {
  return Buffer.from(part, 'utf16le').toString('utf16le')
}

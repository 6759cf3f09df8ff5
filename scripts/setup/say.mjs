/** Set-up cannot go on, and the message says what the person should do. Printed without a stack. */
export class SetupStopped extends Error {}

/**
 * One progress line.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`paddock: ${line}\n`)
}

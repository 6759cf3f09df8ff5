/** Exit codes of every command. `unavailable`: no daemon, or no sandbox to run in. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, cancelled: 3, unavailable: 4 } as const

/**
 * Exit codes of `paddock skills`, those of skills-runtime. `input`: the command line was not understood, or something could not be read
 * or written; `errors` and `warnings` are the worst that was found.
 */
export const skillExitCodes = { ok: 0, input: 10, errors: 11, warnings: 12 } as const

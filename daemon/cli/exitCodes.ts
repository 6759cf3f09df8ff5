/** Exit codes of every command. `unavailable`: no daemon, or no sandbox to run in. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, cancelled: 3, unavailable: 4 } as const

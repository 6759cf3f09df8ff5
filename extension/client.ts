import { build } from '#client/build.ts'

/** How this client names itself to the daemon, and so in the log of who answered what. */
export const client = { name: 'VS Code', version: build }

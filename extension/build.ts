declare const PADDOCK_BUILD: string | undefined

/** The build of this extension: its version and content hash, put in by the bundler. */
export const build = typeof PADDOCK_BUILD === 'string' ? PADDOCK_BUILD : 'dev'

/** How this client names itself to the daemon, and so in the log of who answered what. */
export const client = { name: 'VS Code', version: build }

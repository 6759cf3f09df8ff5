declare const PADDOCK_BUILD: string

/** Version and content hash of this build; `0.0.0+source` where it runs unbundled. */
export const build: string = typeof PADDOCK_BUILD === 'undefined' ? '0.0.0+source' : PADDOCK_BUILD

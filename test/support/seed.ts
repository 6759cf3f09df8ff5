import fc from 'fast-check'

/**
 * Property tests try the same values every time, so that what fails is what was changed. `PADDOCK_SEED=random` tries
 * others (a failure names its seed), a number tries those of that seed again; `PADDOCK_RUNS` is how many times as much.
 */
const { PADDOCK_SEED: asked = '20261128', PADDOCK_RUNS: times = '1' } = process.env

export const seed = asked === 'random' ? Math.trunc(Math.random() * 2 ** 31) : Number(asked)
if (!Number.isInteger(seed)) throw new Error(`PADDOCK_SEED is a whole number or random, not ${asked}.`)
fc.configureGlobal({ seed })

/** How many runs a test that takes long makes. */
export const runs = (usual: number): number => usual * Number(times)

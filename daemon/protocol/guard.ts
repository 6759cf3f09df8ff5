import * as z from 'zod'

/** How much harm an action could do if nobody stopped it. */
export const Risk = z.enum(['low', 'medium', 'high', 'critical'])
export type Risk = z.infer<typeof Risk>

/**
 * The strongest thing that something does. `look` only reads; `write` changes files; `run` starts code that may do
 * whatever its sandbox lets it (a test run, a script, an installer); `unknown` could not be told and is never taken for
 * less than `run`.
 */
const Effect = z.enum(['look', 'write', 'run', 'unknown'])
export type Effect = z.infer<typeof Effect>

/** One program that a command line would start, at whatever depth it stands. */
const GuardedProgram = z.object({
  /**
   * Its name, without folders where those are the system's (`git`), else as it is written (`./gradlew`): a file of the
   * workspace is not the program whose name it has. Null where it is only known when it runs.
   */
  name: z.string().nullable(),
  /** Its words with quotes and escapes taken off, its name first; null for one that is only known when it runs. */
  argv: z.array(z.string().nullable()),
  /** Where it stands in the command, in UTF-16 units. */
  start: z.number(),
  end: z.number(),
  /** What starts it, outermost first: `sudo`, `xargs`, `find -exec`. */
  via: z.array(z.string()),
  effect: Effect,
})
export type GuardedProgram = z.infer<typeof GuardedProgram>

/** A path that an action names, absolute and in plain form. */
const GuardedPath = z.object({
  path: z.string(),
  effect: z.enum(['read', 'write', 'delete']),
  /** With all that lies below. */
  tree: z.literal(true).optional(),
  /** It is run, or something that runs takes its orders from it: whoever agrees agrees to its content. */
  orders: z.literal(true).optional(),
})
export type GuardedPath = z.infer<typeof GuardedPath>

/** Why the guard says what it says: `code` for programs, `text` one sentence for people. */
const GuardReason = z.object({
  /** In kebab case: `not-understood`, `hidden-text`, `deletes-tree`, `rewrites-history`, `publishes`, … */
  code: z.string(),
  text: z.string(),
  /** The program (its place in `programs`) that it is about. */
  program: z.number().optional(),
  /**
   * It reaches beyond what the sandbox and the layer can take back, or destroys what the agent did not make: asked about
   * whatever the mode, and the layer is remembered before.
   */
  consequential: z.literal(true).optional(),
})
export type GuardReason = z.infer<typeof GuardReason>

/**
 * What the guard found out about an action, by looking at it alone. Programs, paths and hosts are those that can be read
 * off it, not all that there can be: code that it starts may name others.
 */
export const GuardReport = z.object({
  /** False where a part could not be read with certainty; then `effect` is `unknown` and nothing may be concluded from what is missing. */
  understood: z.boolean(),
  effect: Effect,
  risk: Risk,
  programs: z.array(GuardedProgram),
  paths: z.array(GuardedPath),
  hosts: z.array(z.string()),
  reasons: z.array(GuardReason),
})
export type GuardReport = z.infer<typeof GuardReport>

/** What the log keeps of a report: at most 20 names and codes each. */
export const GuardSummary = z.object({
  effect: Effect,
  programs: z.array(z.string()),
  reasons: z.array(z.string()),
  paths: z.array(z.string()).optional(),
  hosts: z.array(z.string()).optional(),
})
export type GuardSummary = z.infer<typeof GuardSummary>

import * as z from 'zod'

/**
 * How a session treats what no rule decides. `plan`: what only looks is allowed, the rest denied. `ask`: what only looks is
 * allowed, the rest asked about. `auto`: what sandbox and layer contain is allowed. `unattended`: as `auto`, and what would
 * be asked is denied.
 */
export const Mode = z.enum(['plan', 'ask', 'auto', 'unattended'])
export type Mode = z.infer<typeof Mode>

/** Who said it, the strongest first. A deny of any beats an ask of any beats an allow of any. */
export const PolicySource = z.enum(['builtin', 'managed', 'user', 'workspace', 'repository', 'session'])
export type PolicySource = z.infer<typeof PolicySource>

const Text = z.string().min(1).max(2_000)
const Texts = z.array(Text).max(100)

/**
 * One rule. Exactly one of `program`, `command`, `path`, `host`, `tool` says what it is about.
 *
 * - `program`: its name and the first of its arguments, word by word: `[git, push]`. One word may be a list of choices.
 *   An allow covers a command only where each of its programs is covered; an ask or deny where one is.
 * - `command`: one whole command line, byte for byte.
 * - `path`: a pattern below the workspace (`src/**`), below home (`~/…`) or absolute; `access` narrows it.
 * - `host`: as in a network rule, with `ports`.
 * - `tool`: a tool's name; `schema` binds it to the SHA-256 of what the tool says of itself.
 */
export const PolicyRule = z
  .strictObject({
    /** Says in the log and to people which rule it was; unique within its source. */
    name: z.string().min(1).max(100).optional(),
    verdict: z.enum(['allow', 'ask', 'deny']),
    program: z
      .array(z.union([Text, Texts.min(1)]))
      .min(1)
      .max(50)
      .optional(),
    command: z.string().min(1).max(100_000).optional(),
    path: Text.optional(),
    access: z
      .array(z.enum(['read', 'write', 'delete']))
      .min(1)
      .optional(),
    host: z.string().min(1).max(255).optional(),
    ports: z.array(z.int().min(1).max(65_535)).min(1).max(20).optional(),
    tool: Text.optional(),
    schema: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    /** Told to whoever is asked, and to the agent where it is denied. */
    reason: Text.optional(),
    /** Actions that it must and must not decide; checked when it is loaded. */
    match: Texts.optional(),
    not_match: Texts.optional(),
  })
  .refine(
    ({ program, command, path, host, tool }) =>
      [program, command, path, host, tool].filter((about) => about !== undefined).length === 1,
    'A rule is about exactly one of program, command, path, host and tool.',
  )
export type PolicyRule = z.infer<typeof PolicyRule>

import * as z from 'zod'

/**
 * How a session treats what no rule decides. `plan`: what only looks is allowed, and the rest denied whatever a rule
 * allows. `ask`: what only looks is allowed, the rest asked about. `auto`: what sandbox and layer contain is allowed.
 * `unattended`: as `auto`, and what would be asked is denied.
 */
export const Mode = z.enum(['plan', 'ask', 'auto', 'unattended'])
export type Mode = z.infer<typeof Mode>

/** Who said it, the strongest first. A deny of any beats an ask of any beats an allow of any. */
export const PolicySource = z.enum(['builtin', 'managed', 'user', 'workspace', 'repository', 'session'])
export type PolicySource = z.infer<typeof PolicySource>

const Text = z.string().min(1).max(2_000)
const Texts = z.array(Text).max(100)
const abouts = ['program', 'command', 'path', 'host', 'tool'] as const

/**
 * One rule. Exactly one of `program`, `command`, `path`, `host`, `tool` says what it is about.
 *
 * - `program`: its name and the first of its arguments, word by word: `[git, push]`. One word may be a list of choices.
 *   An allow wants these very words, and covers a command only where each of its programs is covered, and each file that
 *   it writes (one beyond the workspace only where it is among these words); what is only known when it runs is covered by
 *   none. An ask or deny applies where one program matches, by
 *   whatever path it is called, with options before, between or behind these words (`git -C x push`) and in other
 *   spellings (`-fr` for `-rf`); where it may match, it is asked.
 * - `command`: one whole command line, byte for byte. Of allows the only kind that covers what could not be understood.
 * - `path`: a pattern below the workspace (`src/**`), below home (`~/…`) or absolute, of `*`, `?` and `**`; `access`
 *   narrows it. An ask or deny of a folder is one of all below it, in capitals or not; where one may apply to a path that
 *   is only known when it runs, it is asked.
 * - `host`: as in a network rule, with `ports`; an ask has every port where none is named, as a deny has.
 * - `tool`: a tool's name, of an MCP server with the server's (`github/create_issue`); `schema` binds it to the SHA-256 of
 *   all that the server says of the tool. An allow covers only tools that are not Paddock's own: what those do is for the
 *   other kinds to say.
 *
 * No rule allows what runs outside a sandbox or the workspace, or whose text does not show whole: that is for answers.
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
    /** Of `program`: these words and no more. */
    exactly: z.literal(true).optional(),
    command: z.string().min(1).max(100_000).optional(),
    /** Of `program` and `command` allows: also where it asks to reach any public host while it runs. */
    network: z.literal(true).optional(),
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
    /**
     * Actions that it must and must not decide, checked when it is loaded: command lines, or for the kinds that are not
     * about commands paths, hosts (`example.com:8080`) and names of tools; or actions as JSON.
     */
    match: Texts.optional(),
    not_match: Texts.optional(),
  })
  .refine(
    (rule) => abouts.filter((about) => rule[about] !== undefined).length === 1,
    'A rule is about exactly one of program, command, path, host and tool.',
  )
export type PolicyRule = z.infer<typeof PolicyRule>

/** Trouble with a policy file, and how to mend it. `line` and `column` count from 1. */
export const PolicyTrouble = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  /** The rule that is not in force for it, by name or place. */
  rule: z.string().optional(),
  what: z.string(),
  fix: z.string(),
  /** It may have been meant to ask or deny: until it is mended, whatever would be allowed is asked about. */
  holds: z.boolean(),
})
export type PolicyTrouble = z.infer<typeof PolicyTrouble>

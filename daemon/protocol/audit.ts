import * as z from 'zod'
import { method } from './method.ts'
import { PolicySource } from './policy.ts'

/**
 * What was decided. `call`: whether a tool call runs. `question`, `answer`: a person was asked, and what came of it.
 * `answerRefused`: an answer that counted for nothing. `connection`: whether a program reached a host. `mode`, `rules`,
 * `settings`: what later decisions are made by was changed. `keep`, `discard`, `rewind`: what became of changes.
 * `unsandboxed`: a session without a sandbox began. `roleRefused`: a client wanted more than its role. `sessionDeleted`:
 * its log is gone, its entries here are not. `begun`: the record begins. `broken`: at a start of the daemon its end was
 * not the one that had been noted.
 */
const AuditKind = z.enum([
  'begun',
  'call',
  'question',
  'answer',
  'answerRefused',
  'connection',
  'mode',
  'rules',
  'settings',
  'keep',
  'discard',
  'rewind',
  'unsandboxed',
  'roleRefused',
  'sessionDeleted',
  'broken',
])

const Verdict = z.enum(['allow', 'ask', 'deny'])
const Head = z.object({ seq: z.number(), hash: z.string() })

/** One entry of the record. Texts are bounded, and say so where they were cut. */
export const AuditEntry = z.object({
  /** From 1 without gaps, over all sessions. */
  seq: z.number(),
  /** In ms since 1970. */
  at: z.number(),
  session: z.string().optional(),
  /** The session's workspace. */
  folder: z.string().optional(),
  task: z.string().optional(),
  kind: AuditKind,
  verdict: Verdict.optional(),
  /** `person`: a client that was connected, by its name. `policy`: rules and mode. `daemon`: a timeout, the end of a task, its own start. */
  who: z.object({ type: z.enum(['person', 'policy', 'daemon']), name: z.string() }),
  what: z.object({
    /** One line for a person; characters that do not show are spelled out. */
    text: z.string(),
    tool: z.string().optional(),
    /** Absolute. */
    files: z.array(z.string()).optional(),
    hosts: z.array(z.string()).optional(),
    programs: z.array(z.string()).optional(),
  }),
  why: z
    .object({
      rule: z.string().optional(),
      /** Whose rule; absent for Paddock's own. */
      source: PolicySource.optional(),
      reason: z.string().optional(),
      risk: z.string().optional(),
    })
    .optional(),
  evidence: z
    .object({
      /** The number of the event that tells of it in the session's log. */
      event: z.number().optional(),
      call: z.string().optional(),
      /** SHA-256 over tool and action: what a question and its answer are bound to. */
      action: z.string().optional(),
      approval: z.string().optional(),
      outcome: z.string().optional(),
      /** Rules that were granted or removed, each as JSON. */
      rules: z.array(z.string()).optional(),
      effect: z.string().optional(),
      /** Codes of the guard's reasons. */
      guard: z.array(z.string()).optional(),
      dependsOn: z.array(z.object({ path: z.string(), sha256: z.string().nullable() })).optional(),
      /** The kind of the sandbox that it ran in. */
      sandbox: z.string().optional(),
      network: z.boolean().optional(),
      port: z.number().optional(),
      times: z.number().optional(),
      hunks: z.number().optional(),
      files: z.number().optional(),
      checkpoint: z.string().optional(),
      method: z.string().optional(),
      role: z.string().optional(),
      noted: Head.optional(),
      found: Head.optional(),
    })
    .optional(),
  /**
   * SHA-256 (hex) over the hash of the entry before it (nothing for the first), a line feed, and the canonical JSON (keys
   * sorted, no blanks) of this entry without `hash`.
   */
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

const Text = z.string().min(1).max(4_096)

/** Entries that have all of these. */
export const AuditFilter = z.object({
  session: Text.optional(),
  /** A workspace, by its real path. */
  folder: Text.optional(),
  /** An absolute path: this file, or what lies below it. */
  file: Text.optional(),
  /** A name or address; `*.example.com` is every name below it. */
  host: Text.optional(),
  /** A program's name without folders. */
  program: Text.optional(),
  kind: AuditKind.optional(),
  verdict: Verdict.optional(),
  /** In ms since 1970; `since` is included, `until` is not. */
  since: z.number().optional(),
  until: z.number().optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

/** The first thing that is wrong with the record, and the number of the entry that it is about. */
const AuditFault = z.object({
  type: z.enum(['altered', 'missing', 'truncated']),
  seq: z.number(),
  why: z.string(),
})
export type AuditFault = z.infer<typeof AuditFault>

export const AuditVerification = z.object({
  entries: z.number(),
  /** The newest entry: keep it elsewhere, and a record that was written anew as a whole shows. */
  head: Head,
  /** Absent where all is as it was written. */
  fault: AuditFault.optional(),
})
export type AuditVerification = z.infer<typeof AuditVerification>

export const auditMethods = {
  /**
   * A page of the record: newest first and before `before`, or with `after` oldest first and after that. As many as `limit`
   * (100), or fewer where many had to be looked at; while there is `next`, ask with it as `before` or `after`.
   */
  'audit/list': method(
    z.object({
      filter: AuditFilter.optional(),
      before: z.int().min(1).optional(),
      after: z.int().min(0).optional(),
      limit: z.int().min(1).max(500).optional(),
    }),
    z.object({ entries: z.array(AuditEntry), next: z.number().optional() }),
  ),
  /** Looks at every entry. What is and is not found out is said at `AuditChain`. */
  'audit/verify': method(z.object({}), z.object({ verification: AuditVerification })),
}

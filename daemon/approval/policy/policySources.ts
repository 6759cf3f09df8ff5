import { settingRefused } from '#protocol/errors.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { visible } from '#protocol/visible.ts'
import { withoutRule, withRules } from './editPolicy.ts'
import type { Examine } from './examples.ts'
import { type ParsedPolicy, parsePolicy } from './parsePolicy.ts'
import { type PolicyInForce, policyInForce } from './policyInForce.ts'
import { type PolicyPlaces, repositoryPlace, workspacePlace } from './policyPlaces.ts'
import { type ReadOptions, readPolicyFile } from './readPolicyFile.ts'
import { ruleSet } from './ruleSet.ts'
import { type FileSource, type PolicySourceState, SourceFile } from './sourceFile.ts'
import { watchPath } from './watchPath.ts'
import { writePolicyFile } from './writePolicyFile.ts'

/** Those that Paddock writes. */
type OwnSource = 'user' | 'workspace'

export interface PolicySourcesParams {
  readonly places: PolicyPlaces
  readonly examine: Examine
}

const maxBytes = 1 << 20
/** What a repository brings is read before anybody looked at it. */
const maxRepositoryBytes = 1 << 17
const mostWatched = 200
/** Editors write a file in several steps. */
const settleMs = 50

/**
 * The policies of every workspace. What is in force is looked at anew whenever it is asked for, by the files' times and
 * sizes, so that a rule that was removed stops at once; and files are watched, to tell of changes while nothing asks.
 */
export class PolicySources {
  readonly #places: PolicyPlaces
  readonly #examine: Examine
  readonly #files = new Map<string, SourceFile>()
  readonly #inForce = new Map<string, PolicyInForce>()
  readonly #listeners = new Set<(folder: string) => void>()
  readonly #watched = new Map<string, () => void>()
  #timer: NodeJS.Timeout | undefined

  constructor({ places, examine }: PolicySourcesParams) {
    this.#places = places
    this.#examine = examine
  }

  /** What holds in a workspace now. `folder` must be its real path. */
  of(folder: string): PolicyInForce {
    const sets = this.#states(folder).map(({ set }) => set)
    const known = this.#inForce.get(folder)
    if (known?.sets.length === sets.length && sets.every((set, at) => set === known.sets[at])) return known
    const policy = policyInForce(sets)
    this.#inForce.set(folder, policy)
    if (known) setImmediate(() => this.#tell(folder))
    else this.#watch(folder)
    return policy
  }

  /** Every source of a workspace, whether it is there or not. */
  list(folder: string): PolicySourceState[] {
    return this.#states(folder)
  }

  /** Trusts what the repository's policy says, as long as it says just this; null takes that back. Throws `settingRefused`. */
  trust(folder: string, sha256: string | null): void {
    const { trust } = workspacePlace(this.#places, folder)
    if (sha256 !== null && this.#repository(folder).sha256 !== sha256) {
      throw settingRefused('policy', 'the repository’s policy is another one by now. Look at it again.')
    }
    writePolicyFile(trust, `${JSON.stringify({ folder, sha256 }, null, 2)}\n`)
    this.#look(folder)
  }

  /** Adds rules behind the others. Throws `settingRefused`, and then the file is as it was. */
  addRules(folder: string, source: OwnSource, rules: readonly PolicyRule[]): void {
    const whose = source === 'user' ? 'for every workspace' : `for ${visible(folder).replace(/\s+/g, ' ')}`
    this.#edit(folder, source, (text, before) => {
      const taken = new Set(before.rules.flatMap(({ name }) => name ?? []))
      const twice = rules.find(({ name }) => name !== undefined && taken.has(name))
      if (twice) throw settingRefused('policy', `a rule is called “${twice.name}” already.`)
      const known = new Set(before.rules.map((rule) => JSON.stringify(rule)))
      const added = rules.filter((rule) => !known.has(JSON.stringify(rule)))
      return added.length > 0 ? withRules(text, added, `# Rules ${whose}.`) : text
    })
  }

  /** Removes the rule that goes by this name. Throws `settingRefused`. */
  removeRule(folder: string, source: OwnSource, name: string): void {
    this.#edit(folder, source, (text, before) => {
      const at = ruleSet(source, before).rules.findIndex((rule) => rule.name === name)
      const item = before.items[at]
      if (item === undefined) throw settingRefused('policy', `no rule of it is called “${name}”.`)
      return withoutRule(text, item)
    })
  }

  /** Told of a workspace whose policy in force changed, after it did. */
  listen(listener: (folder: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const end of this.#watched.values()) end()
    this.#watched.clear()
    this.#listeners.clear()
  }

  #states(folder: string): PolicySourceState[] {
    const { managed, user } = this.#places
    const own = workspacePlace(this.#places, folder)
    const states = [
      this.#file('user', user.file, { maxBytes, owners: user.owners }).state(),
      this.#file('workspace', own.policy, { maxBytes }).state(),
      this.#repository(folder),
    ]
    if (!managed) return states
    return [this.#file('managed', managed.file, { maxBytes, owners: managed.owners }).state(), ...states]
  }

  #repository(folder: string): PolicySourceState {
    const { trust } = workspacePlace(this.#places, folder)
    const options = { maxBytes: maxRepositoryBytes, unlinked: true } as const
    return this.#file('repository', repositoryPlace(folder), options, trust).state()
  }

  #file(source: FileSource, path: string, options: ReadOptions, trust?: string): SourceFile {
    const known = this.#files.get(path)
    if (known) return known
    const file = new SourceFile({ source, path, options, trust, examine: this.#examine })
    this.#files.set(path, file)
    return file
  }

  #edit(folder: string, source: OwnSource, edit: (text: string, before: ParsedPolicy) => string | undefined): void {
    const path = source === 'user' ? this.#places.user.file : workspacePlace(this.#places, folder).policy
    const read = readPolicyFile(path, { maxBytes })
    if (read.type === 'unreadable') throw settingRefused('policy', `${path}: ${read.what}. ${read.fix}`)
    const text = read.type === 'text' ? read.text : ''
    const before = parsePolicy(text, path, this.#examine)
    const edited = edit(text, before)
    if (edited === undefined) throw settingRefused('policy', `${path} must be mended first: ${firstOf(before)}`)
    if (edited === text) return
    if (Buffer.byteLength(edited) > maxBytes) throw settingRefused('policy', `${path} would become too large.`)
    const after = parsePolicy(edited, path, this.#examine)
    if (after.troubles.length > before.troubles.length) throw settingRefused('policy', firstOf(after, before))
    try {
      writePolicyFile(path, edited)
    } catch (error) {
      throw settingRefused('policy', `${path} could not be written: ${(error as Error).message}.`)
    }
    this.#look(folder)
    if (source === 'user') for (const other of this.#inForce.keys()) this.#look(other)
  }

  #watch(folder: string): void {
    const own = workspacePlace(this.#places, folder)
    const { managed, user } = this.#places
    const paths = [managed?.file, user.file, own.policy, own.trust, repositoryPlace(folder)]
    for (const path of paths) {
      if (path === undefined || this.#watched.has(path) || this.#watched.size >= mostWatched) continue
      this.#watched.set(
        path,
        watchPath(path, () => this.#lookSoon()),
      )
    }
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      for (const folder of this.#inForce.keys()) this.#look(folder)
    }, settleMs).unref()
  }

  /** Finds out whether anything changed; who listens is told by `of`. */
  #look(folder: string): void {
    this.of(folder)
  }

  #tell(folder: string): void {
    for (const listener of this.#listeners) listener(folder)
  }
}

function firstOf({ troubles }: ParsedPolicy, known?: ParsedPolicy): string {
  const old = new Set(known?.troubles.map(({ what, line }) => `${line} ${what}`))
  const trouble = troubles.find(({ what, line }) => !old.has(`${line} ${what}`)) ?? troubles[0]
  return trouble ? `${trouble.what} (line ${trouble.line}). ${trouble.fix}` : 'it is no policy.'
}

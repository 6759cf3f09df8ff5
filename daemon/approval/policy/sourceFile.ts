import { readFileSync } from 'node:fs'
import type { PolicyTrouble } from '#protocol/policy.ts'
import type { Examine } from './examples.ts'
import { type ParsedPolicy, parsePolicy } from './parsePolicy.ts'
import { type PolicyFile, type ReadOptions, readPolicyFile, stampOf } from './readPolicyFile.ts'
import { type RuleSet, ruleSet } from './ruleSet.ts'

export type FileSource = Exclude<RuleSet['source'], 'session'>

/** One source of a workspace’s policy, as it is now. */
export interface PolicySourceState {
  readonly source: FileSource
  readonly file: string
  readonly exists: boolean
  readonly sha256: string | undefined
  /** Of a repository's: the user trusts just this content. */
  readonly trusted: boolean | undefined
  readonly set: RuleSet
  readonly troubles: readonly PolicyTrouble[]
}

interface SourceFileParams {
  readonly source: FileSource
  readonly path: string
  readonly options: ReadOptions
  /** Of a repository's policy: where the user's trust is written down. */
  readonly trust: string | undefined
  readonly examine: Examine
}

/** One file, read again when it changed. What it says is the same object for as long as it makes no difference. */
export class SourceFile {
  readonly #params: SourceFileParams
  #stamp = ''
  #state: PolicySourceState | undefined
  #parsed: { readonly key: string; readonly policy: ParsedPolicy } | undefined

  constructor(params: SourceFileParams) {
    this.#params = params
  }

  state(): PolicySourceState {
    const { path, trust } = this.#params
    const stamp = `${stampOf(path)} ${trust === undefined ? '' : stampOf(trust)}`
    if (this.#state && stamp === this.#stamp) return this.#state
    this.#stamp = stamp
    const next = this.#read()
    const isSame = this.#state && keyOf(this.#state) === keyOf(next)
    this.#state = isSame && this.#state ? { ...next, set: this.#state.set } : next
    return this.#state
  }

  #read(): PolicySourceState {
    const { source, path, options, trust } = this.#params
    const file = readPolicyFile(path, options)
    const policy = this.#parse(file)
    const sha256 = file.type === 'text' ? file.sha256 : undefined
    const trusted = trust === undefined ? undefined : sha256 !== undefined && trustedContent(trust) === sha256
    const doubt = file.type === 'text' ? file.doubt : undefined
    const tightensOnly = trusted === false || doubt !== undefined
    const troubles = doubt === undefined ? policy.troubles : [doubtTrouble(path, doubt), ...policy.troubles]
    const set = ruleSet(source, { ...policy, troubles, tightensOnly })
    return { source, file: path, exists: file.type !== 'absent', sha256, trusted, set, troubles }
  }

  #parse(file: PolicyFile): ParsedPolicy {
    const { path, examine } = this.#params
    if (file.type === 'absent') return { rules: [], items: [], troubles: [] }
    if (file.type === 'unreadable') {
      const { what, fix } = file
      return { rules: [], items: [], troubles: [{ file: path, line: 1, column: 1, what, fix, holds: true }] }
    }
    if (this.#parsed?.key !== file.sha256) {
      this.#parsed = { key: file.sha256, policy: parsePolicy(file.text, path, examine) }
    }
    return this.#parsed.policy
  }
}

/** What makes a difference to what is in force. */
function keyOf({ sha256, set, troubles }: PolicySourceState): string {
  return JSON.stringify([sha256, set.tightensOnly, set.holds, sha256 === undefined ? troubles : []])
}

function doubtTrouble(file: string, what: string): PolicyTrouble {
  const fix = 'Until its owner alone may write it, only what it asks about and denies is in force.'
  return { file, line: 1, column: 1, what, fix, holds: false }
}

/** What cannot be read is no trust. */
function trustedContent(file: string): string | undefined {
  try {
    const { sha256 } = JSON.parse(readFileSync(file, 'utf8')) as { sha256?: unknown }
    return typeof sha256 === 'string' ? sha256 : undefined
  } catch {
    return undefined
  }
}

/** Whose skills a folder holds. `plugin` and `managed` folders are found by other means than their path in a project. */
export type Scope = 'project' | 'personal' | 'managed'

/** A folder that a client looks for skills in. */
export interface ClientFolder {
  /** From the project's root or the home directory, without a slash at the end. */
  readonly path: string
  readonly scope: Scope
  /** `own` is the client's folder; `shared` and `foreign` ones it reads as well. */
  readonly belongs: 'own' | 'shared' | 'foreign'
  /** How many folders lie between this one and SKILL.md; 1 is `<folder>/<skill>/SKILL.md`. */
  readonly depth: number
}

/** An agent that loads skills, as data. */
export interface Client {
  readonly title: string
  /** In the order in which the client looks at them. */
  readonly folders: readonly ClientFolder[]
  /** What happens to several skills of one name. `scopes` is the order in which scopes win, the strongest first. */
  readonly precedence: {
    readonly rule: 'firstWins' | 'lastWins' | 'allListed'
    readonly scopes: readonly Scope[]
  }
  /** What the client takes for a name. */
  readonly name: {
    readonly pattern: RegExp
    /** The pattern in words: "lowercase letters a-z, digits and hyphens". */
    readonly words: string
    readonly longest: number | undefined
    /** Without a name the folder's is used. */
    readonly optional: boolean
    /** The name must be the folder's: where it is not, the skill is `refused`, or it is only `warned` about; else undefined. */
    readonly folder: 'refused' | 'warned' | undefined
  }
  readonly description: {
    readonly longest: number | undefined
    readonly optional: boolean
    /** A block scalar or a description over several lines is read as its first line only. */
    readonly oneLine: boolean
  }
  /** Frontmatter whose plain value holds `: ` is read again with that value in quotes. */
  readonly repairsColons: boolean
  /** How much of all names and descriptions together reaches the model. */
  readonly listing: ListingBudget | undefined
  readonly documentation: string
}

interface ListingBudget {
  /** Of the context window. */
  readonly share: number
  readonly unit: 'characters' | 'tokens'
  /** Where the window is not known. */
  readonly fallback: number
  /** The most characters of one skill's text. */
  readonly perSkill: number | undefined
}

/** A frontmatter key of the specification (agentskills.io/specification). */
export interface SkillKey {
  readonly key: string
  readonly required: boolean
  readonly type: 'string' | 'map of strings'
  /** The most characters its text may have. */
  readonly longest?: number
  /** What the key means, in Markdown. */
  readonly meaning: string
  /** What a value must satisfy beyond its type and length, as sentences. */
  readonly constraints: readonly string[]
  readonly example: string
  /** What completion writes as a value to type over, and what it puts between the colon and the value. */
  readonly placeholder: string
  readonly lead: ' ' | '\n  '
  /** Values worth offering; any other is as good. */
  readonly values?: readonly { readonly value: string; readonly meaning: string }[]
  /** VS Code's own support for SKILL.md completes and explains the key. */
  readonly knownToEditor: boolean
}

/** The specification's keys in the order in which authors write them. */
export const skillKeys: readonly SkillKey[] = [
  {
    key: 'name',
    required: true,
    type: 'string',
    longest: 64,
    meaning: 'What the skill is called: how people and other skills refer to it.',
    constraints: [
      'Only lowercase letters `a-z`, digits and hyphens.',
      'No hyphen at either end, and no two in a row.',
      'The same as the name of the folder that holds the file.',
    ],
    example: 'name: pdf-forms',
    placeholder: 'my-skill',
    lead: ' ',
    knownToEditor: true,
  },
  {
    key: 'description',
    required: true,
    type: 'string',
    longest: 1024,
    meaning:
      'What the skill does and when to use it. An agent sees only this text and the name when it decides whether to load the skill.',
    constraints: ['Not empty.', 'In quotes, or as a block (`>-`), if it contains a colon followed by a space.'],
    example: 'description: Fills in PDF forms. Use when the user mentions a form, or a PDF with fields.',
    placeholder: 'What it does. Use when …',
    lead: ' ',
    knownToEditor: true,
  },
  {
    key: 'license',
    required: false,
    type: 'string',
    meaning: 'The licence of the skill: its short name, or the name of a licence file in the skill’s folder.',
    constraints: [],
    example: 'license: Apache-2.0',
    placeholder: 'MIT',
    lead: ' ',
    values: [
      { value: 'Apache-2.0', meaning: 'Apache License 2.0' },
      { value: 'MIT', meaning: 'MIT License' },
      { value: 'BSD-3-Clause', meaning: 'BSD 3-Clause License' },
      { value: 'MPL-2.0', meaning: 'Mozilla Public License 2.0' },
      { value: 'CC-BY-4.0', meaning: 'Creative Commons Attribution 4.0' },
      { value: 'CC0-1.0', meaning: 'Creative Commons Zero 1.0, public domain' },
      { value: 'Proprietary. LICENSE.txt has complete terms', meaning: 'Terms in a file beside SKILL.md' },
    ],
    knownToEditor: true,
  },
  {
    key: 'compatibility',
    required: false,
    type: 'string',
    longest: 500,
    meaning: 'What the skill needs from its surroundings: a certain product, system packages, network access.',
    constraints: ['Not empty. Leave it out if the skill needs nothing special.'],
    example: 'compatibility: Requires git, docker and access to the internet',
    placeholder: 'Requires …',
    lead: ' ',
    knownToEditor: true,
  },
  {
    key: 'metadata',
    required: false,
    type: 'map of strings',
    meaning: 'Anything else that a client or the author wants to keep with the skill.',
    constraints: ['Values are strings: write `"1.0"` in quotes.'],
    example: 'metadata:\n  author: example-org\n  version: "1.0"',
    placeholder: 'version: "1.0"',
    lead: '\n  ',
    knownToEditor: true,
  },
  {
    key: 'allowed-tools',
    required: false,
    type: 'string',
    meaning:
      'Tools that the skill may use without asking first. Experimental: clients differ in which names they know and whether they read the key at all.',
    constraints: ['Names are separated by spaces; a pattern in brackets narrows a tool.'],
    example: 'allowed-tools: Bash(git:*) Bash(jq:*) Read',
    placeholder: 'Read',
    lead: ' ',
    knownToEditor: false,
  },
]

/** The specification's entry for `key`; undefined for a key that only some clients know. */
export function skillKey(key: string): SkillKey | undefined {
  return skillKeys.find((known) => known.key === key)
}

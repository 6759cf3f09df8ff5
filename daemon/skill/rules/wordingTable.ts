/** A rule that a pattern says all about: it is looked for in prose, code left out. */
export interface WordingRule {
  readonly title: string
  readonly severity: 'hint' | 'off'
  readonly why: string
  /** One of these stands in everything that the pattern finds, in small letters. */
  readonly words: readonly string[]
  /** Global. */
  readonly pattern: RegExp
  readonly message: string
  /** Paragraphs about which it is silent. */
  readonly unless?: RegExp
}

const months =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'

/** B08 to B28, as far as a pattern can tell. */
export const wordingTable = {
  B08: {
    title: 'Weak wording',
    severity: 'off',
    why: 'A model follows “run” more reliably than “try to run if possible”.',
    words: ['try to', 'should probably', 'you might', 'maybe', 'perhaps', 'if possible', 'ideally', 'appropriate'],
    pattern:
      /\b(?:try to|should probably|you might want to|maybe|perhaps|if possible|ideally|when appropriate|where appropriate|as appropriate)\b/gi,
    message: 'Say plainly what is to be done, and when.',
  },
  B09: {
    title: 'Only what not to do',
    severity: 'off',
    why: 'A model that knows what to do instead does it.',
    words: ['never', 'do not', 'don’t', "don't", 'avoid'],
    pattern:
      /(?<=^[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])?[ \t]{0,4}(?:\*\*)?)(?:never|do not|don[’']t|avoid)\b(?=[^\n]*$)/gim,
    message: 'Say what is to be done instead.',
    unless: /\b(?:instead|use|prefer|rather|but|because|since|only|always|unless|so that)\b|[;:—–]/i,
  },
  B10: {
    title: 'What goes without saying',
    severity: 'hint',
    why: 'The model does that anyway; each sentence costs room.',
    words: [
      ...['write clean', 'write good', 'write high', 'write readable', 'write maintainable', 'best practices'],
      ...['be helpful', 'be thorough', 'be careful', 'be accurate', 'do your best', 'use common sense'],
    ],
    pattern:
      /\b(?:write (?:clean|good|high[- ]quality|readable|maintainable)(?:, (?:clean|readable|maintainable))* code|follow (?:industry |coding )?best practices|be (?:helpful|thorough|careful|accurate)|do your best|use common sense)(?=\s*(?:[.,;!]|$))/gim,
    message: 'The model does that anyway.',
  },
  B16: {
    title: 'Loop without an end',
    severity: 'off',
    why: 'An agent that is told to go on and not when to stop goes on.',
    words: ['repeat ', 'keep ', 'iterate on', 'retry', 'loop '],
    pattern:
      /\b(?:repeat (?:this|the|these|steps?|until)|keep (?:going|trying|iterating|looping)|iterate on|retry|loop (?:over|through|back))\b/gi,
    message: 'Say when to stop.',
    unless: /\b(?:until|max(?:imum)?|at most|times|limit|stop|unless|once|attempts?|twice|done|each|every|all)\b|\d/i,
  },
  B17: {
    title: 'What will be out of date',
    severity: 'hint',
    why: 'Nobody comes back to change it when the time has come.',
    words: ['202', '203', '204', '205', '206', '207', '208', '209', 'version is'],
    pattern: new RegExp(
      String.raw`\b(?:as of|before|after|until|starting(?: in| from)?|since)\s+(?:(?:early|mid|late)[- ])?(?:${months}\.?\s+)?(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?20[2-9]\d\b|\b(?:latest|current|newest) version is\s+v?\d+(?:\.\d+){0,3}`,
      'gi',
    ),
    message: 'This will be out of date; name no date, or put it under “Old patterns”.',
    unless: /\b(?:e\.g\.|for example|for instance|example|such as|sample)\b|[“"”][^“"”\n]{0,200}20[2-9]\d/i,
  },
  B18: {
    title: 'Choice without a default',
    severity: 'off',
    why: 'Given several ways, a model picks one at random; name one, and when to leave it.',
    words: ['use', 'choose', 'pick', 'try'],
    pattern:
      /\b(?:use|choose|pick|try)\s+`?\w[\w-]{0,30}(?:\.\w{1,9})?`?(?:,\s*`?\w[\w-]{0,30}(?:\.\w{1,9})?`?){1,6},?\s+or\s+`?\w[\w-]{0,30}(?:\.\w{1,9})?`?/gi,
    message: 'Name the one to take by default.',
    unless: /\b(?:default|prefer(?:red|ably)?|recommend(?:ed)?|unless|depending|if|based on)\b/i,
  },
  B23: {
    title: 'What a hook does more surely',
    severity: 'hint',
    why: 'A hook runs each time; a model may forget.',
    words: [
      ...['always run', 'always format', 'always lint', 'always execute'],
      ...['must run', 'must format', 'must lint', 'must execute'],
      ...['after every', 'after each', 'after any', 'before every', 'before each', 'before any'],
    ],
    pattern:
      /\b(?:always|must) (?:run|format|lint|execute)\b[^.\n]{0,80}\b(?:after|before) (?:every|each|any|all) (?:edits?|commits?|changes?|saves?|writes?|file changes?)\b|\b(?:after|before) (?:every|each|any) (?:edit|commit|change|save|write|file change)\b[^.\n]{0,40}\b(?:run|format|lint|execute)\b/gi,
    message: 'A hook does this each time without being told.',
  },
  B28: {
    title: 'Thinking aloud that is asked for',
    severity: 'off',
    why: 'Models think before they answer by now; being told to do so in the text only makes it longer.',
    words: ['think step', 'think about ', 'chain-of', 'chain of', 's think'],
    pattern: /\bthink (?:about (?:this|it) )?step[- ]by[- ]step\b|\bchain[- ]of[- ]thought\b|\blet[’']s think\b/gi,
    message: 'The model does that by itself.',
  },
} as const satisfies Record<string, WordingRule>

/** Words for one thing, of which a text should use one. */
export const synonyms: readonly (readonly [RegExp, RegExp, string])[] = [
  [/\bdirector(?:y|ies)\b/gi, /\bfolders?\b/gi, '`directory` and `folder`'],
  [/\brepos?\b/gi, /\brepositor(?:y|ies)\b/gi, '`repo` and `repository`'],
  [/\bendpoints?\b/gi, /\bAPI routes?\b/gi, '`endpoint` and `API route`'],
  [/\bparameters?\b/gi, /\barguments?\b/gi, '`parameter` and `argument`'],
]

/** Words in capitals by which a text raises its voice. */
export const shouted =
  /\b(?:IMPORTANT|CRITICAL|MUST(?: NOT)?|NEVER|ALWAYS|MANDATORY|REQUIRED|WARNING|CRUCIAL|ESSENTIAL|ABSOLUTELY)\b/g

/** One of these stands in each of them, in small letters. */
export const shoutedWords =
  'important critical must never always mandatory required warning crucial essential absolutely'.split(' ')

/** What formatters and linters enforce, and their files. */
export const formatting =
  /\b(?:use|indent with)\s+(?:two|four|2|4)[- ]spaces?\b(?: (?:for indentation|indentation))?|\b(?:use|prefer) (?:single|double) quotes\b|\b(?:always use|use|omit|no) semicolons\b|\b(?:use|add|no) trailing commas\b|\b(?:max(?:imum)?|limit) line length\b/gi
/** One of these stands in everything that `formatting` finds. */
export const formattingWords = [
  ...['2 space', '2-space', 'two space', 'two-space', '4 space', '4-space', 'four space', 'four-space'],
  ...['single quotes', 'double quotes', 'semicolons', 'trailing commas', 'line length'],
] as const
export const formatterFiles: readonly string[] = [
  '.editorconfig',
  '.prettierrc',
  '.prettierrc.json',
  'prettier.config.js',
  'biome.json',
  'biome.jsonc',
  'eslint.config.js',
  'eslint.config.mjs',
  '.eslintrc.json',
  'ruff.toml',
  '.clang-format',
  'rustfmt.toml',
]

/** Programming languages by how fences call them, and by how names of skills do. */
export const languages: Readonly<Record<string, string>> = {
  python: 'python',
  py: 'python',
  javascript: 'javascript',
  js: 'javascript',
  typescript: 'javascript',
  ts: 'javascript',
  tsx: 'javascript',
  jsx: 'javascript',
  react: 'javascript',
  node: 'javascript',
  go: 'go',
  golang: 'go',
  rust: 'rust',
  rs: 'rust',
  java: 'java',
  kotlin: 'kotlin',
  swift: 'swift',
  ruby: 'ruby',
  rb: 'ruby',
  rails: 'ruby',
  php: 'php',
  laravel: 'php',
  csharp: 'csharp',
  cs: 'csharp',
  dotnet: 'csharp',
  cpp: 'cpp',
  elixir: 'elixir',
}

/** Names of models that are no longer served, and the family that took their place. */
export const retiredModels: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /(?<![\w.-])claude-(?:instant-)?[12](?:\.\d)?(?![\w.-])/gi, instead: 'sonnet' },
  { pattern: /(?<![\w.-])claude-3-(?:5-|7-)?sonnet(?:-(?:\d{8}|latest))?(?![\w.-])/gi, instead: 'sonnet' },
  { pattern: /(?<![\w.-])claude-3-opus(?:-(?:\d{8}|latest))?(?![\w.-])/gi, instead: 'opus' },
  { pattern: /(?<![\w.-])claude-3-(?:5-)?haiku(?:-(?:\d{8}|latest))?(?![\w.-])/gi, instead: 'haiku' },
  {
    pattern: /(?<![\w.-])(?:text-davinci-00\d|code-davinci-00\d|gpt-3\.5-turbo-(?:0301|0613))(?![\w.-])/gi,
    instead: 'gpt',
  },
  { pattern: /(?<![\w.-])gemini-1\.[05]-(?:pro|flash)(?:-\w+)?(?![\w.-])/gi, instead: 'gemini' },
]

/** One of these stands in each of their names. */
export const familyWords = [
  'claude-1',
  'claude-2',
  'claude-3',
  'claude-instant',
  'davinci',
  'gpt-3.5',
  'gemini-1',
] as const

/** Names that could be anything's. */
export const commonNames: ReadonlySet<string> = new Set(
  (
    'helper helpers util utils utility utilities tool tools document documents data file files misc miscellaneous stuff ' +
    'general common my-skill skill skills test untitled new-skill example sample demo template thing things assistant agent'
  ).split(' '),
)

/** Commands that Claude Code itself has. */
export const claudeCommands: ReadonlySet<string> = new Set(
  (
    'add-dir agents bashes bug clear compact config context cost doctor exit export help hooks ide init login logout mcp ' +
    'memory model output-style permissions plugin privacy-settings release-notes resume rewind sandbox status ' +
    'statusline terminal-setup todos upgrade usage vim'
  ).split(' '),
)

/** Letters of other scripts that are drawn as Latin ones. */
const lookAlikes: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  ԁ: 'd',
  һ: 'h',
  ӏ: 'l',
  ԛ: 'q',
  ԝ: 'w',
  ο: 'o',
  α: 'a',
  ι: 'i',
  ν: 'v',
  ρ: 'p',
  υ: 'u',
  ϲ: 'c',
  ɡ: 'g',
  ı: 'i',
  ⅰ: 'i',
  ⅼ: 'l',
}

/** Whether a name mixes Latin letters with letters of other scripts that look the same. */
export function looksLikeAscii(name: string): boolean {
  const letters = [...name.toLowerCase()]
  return (
    letters.some((letter) => letter in lookAlikes) && letters.every((letter) => letter in lookAlikes || letter < '\x7F')
  )
}

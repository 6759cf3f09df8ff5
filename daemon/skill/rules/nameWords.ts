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

/** Commands that only some versions of Claude Code have, and those of other clients: texts that tell people to type them mean no skill. */
export const otherCommands: ReadonlySet<string> = new Set(
  (
    'agent allow-all approvals branch btw cd chronicle color continue copy cwd delegate desktop diff effort experimental ' +
    'extra-usage fast feedback fleet fork goal heapdump insights install-github-app install-slack-app keybindings list-dirs ' +
    'lsp memories mention mobile models new passes personality plan plugins powerup pr-comments prompts quit quota refine ' +
    'reload-plugins remote-control remote-env rename research reset-allowed-tools restart review schedule security-review ' +
    'session sessions settings share side skills stats stop stickers subagents tasks team terminal theme tools tui ' +
    'ultraplan ultrareview update user voice web-setup worktree'
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

/** Where a program stands: at the beginning of a command, or behind what starts another one. */
const begins = String.raw`(?<=^(?:[A-Za-z_]\w{0,40}=\S{0,200}\s{1,5})?|\$\(\s{0,5}|(?:sudo|xargs|exec|time|env)\s{1,5})`
const program = (pattern: string, flags = '') => new RegExp(begins + pattern, flags)

/** Commands that a text should not run by itself, and what they do. The pattern marks the words that say so in one command. */
export const dangers: readonly { readonly pattern: RegExp; readonly does: string }[] = [
  {
    pattern: program(String.raw`(?:curl|wget|nc|ncat|netcat|telnet|ssh|scp|sftp|ftp)(?=\s)`),
    does: 'talks to the network',
  },
  {
    pattern: program(String.raw`(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)(?=\s)`, 'i'),
    does: 'talks to the network',
  },
  { pattern: program(String.raw`sudo(?=\s)`), does: 'takes more rights' },
  { pattern: program(String.raw`(?:rm\s+-[a-zA-Z]*[rf]+|Remove-Item(?=.{0,500}-Recurse))`), does: 'deletes' },
  {
    pattern: program(String.raw`(?:mkfs(?:\.\w+)?|dd|shred|shutdown|reboot|halt|poweroff)(?=\s|$)`),
    does: 'can destroy the machine',
  },
  {
    pattern: program(String.raw`git\s+(?:push|reset\s+--hard|clean\s+-[a-z]*f)`),
    does: 'changes what cannot be brought back',
  },
  { pattern: program(String.raw`(?:eval|iex|Invoke-Expression)(?=\s)`), does: 'runs what it was given' },
  { pattern: program(String.raw`base64\s+(?:-d|-D|--decode)`), does: 'hides what it runs' },
]

/** What is printed goes into a shell. */
export const pipedIntoShell = /\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b(?!\s*-n)/

/** What ends with an error in everyday circumstances: nothing found, no such file, no such branch. */
export const mayFail: ReadonlySet<string> = new Set(
  (
    'grep egrep fgrep rg ag diff cmp test [ ls cat head tail stat find which command type pgrep gh glab jq yq npm npx pnpm ' +
    'yarn pytest tsc eslint cargo go make docker kubectl python python3 node curl wget ping'
  ).split(' '),
)

/** Of git, what fails where there is no repository's history, no such branch or nothing to show. */
export const gitMayFail =
  /^git\s+(?:describe|rev-parse|merge-base|show-ref|symbolic-ref|grep|config\s+--get|diff\s+--(?:quiet|exit-code)|ls-remote|fetch|pull)\b/

/** What Claude Code lets run without any grant: it only reads. */
export const readOnlyCommands =
  /^(?:ls|cat|echo|pwd|head|tail|wc|which|whoami|date|hostname|uname|id|printf|true|sort|uniq|cut|tr|basename|dirname|stat|file|tree|grep|rg|find(?!.*-(?:delete|exec))|git\s+(?:status|log|diff|show|branch(?!\s+-[dDmM])|rev-parse|remote(?:\s+-v|\s+show|$)|describe|ls-files|blame|tag(?:\s+-l|$)|stash\s+list|config\s+--get|shortlog|reflog|worktree\s+list))(?=\s|$)/

/** What only bash and its kin understand. */
export const bashOnly =
  /\|\|\s*true\b|2>\/dev\/null|(?:^|[;&]\s*)export\s+\w+=|(?:^|\s)\[\[?\s.+\s\]\]?|(?:^|[;&|]\s*)(?:if|for|while)\s.+;\s*(?:then|do)\b|<<'?EOF/
/** What only PowerShell understands. */
export const powershellOnly =
  /\b(?:Get|Set|New|Remove|Select|Where|ForEach|Write|Test|Invoke|Out|Sort|Measure)-[A-Z][A-Za-z]+\b|\$env:\w+|2>\$null|-ErrorAction\b/

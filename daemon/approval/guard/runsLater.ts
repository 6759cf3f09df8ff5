/** A kind of file whose content is run or obeyed by something else than the agent, later. */
interface RunsLater {
  /** Completes "Once it is kept, …". */
  readonly what: string
  /** Over the path's parts in lower case and Unicode's plain form, joined by `/`, with a `/` in front. */
  readonly pattern: RegExp
}

/**
 * What a file of this path would make run once it lies in the user's folder, though nobody runs it on purpose; undefined
 * for any other. Path relative to the workspace, `/` between parts; other spellings of the same name (case, Unicode form,
 * trailing dots and blanks, streams) are the same file somewhere. Build files that are run by name (a Makefile, the
 * scripts of a package.json) are not among them: who runs them looks at what they run.
 */
export function runsLater(path: string): { readonly what: string } | undefined {
  const plain = plainForm(path)
  return kinds.find(({ pattern }) => pattern.test(plain))
}

const kinds: readonly RunsLater[] = [
  {
    what: 'VS Code runs tasks, debuggers, programs and servers that it names, and obeys the settings in it',
    pattern: /\/\.vscode\/|\.code-workspace$/,
  },
  { what: 'other editors obey its settings and may run what it names', pattern: /\/\.(idea|fleet|zed|vs)\// },
  {
    what: 'a development container is built and started by it, with the commands in it',
    pattern: /\/\.devcontainer\/|\/\.?devcontainer\.json$/,
  },
  {
    what: 'Git runs it, or what it names, at the next commit, checkout, pull or merge',
    pattern:
      /\/\.git(\/|$)|\/\.husky\/|\/\.githooks\/|\/\.(pre-commit-config|lefthook|overcommit)\.ya?ml$|\/lefthook\.ya?ml$/,
  },
  {
    what: 'Git filters, compares or merges files with programs that it names',
    pattern: /\/\.gitattributes$|\/\.gitmodules$/,
  },
  {
    what: 'the package manager obeys it: where packages come from, and which scripts run at an install',
    pattern:
      /\/\.(npmrc|yarnrc(\.ya?ml)?|pnpmfile\.c?js|pypirc|condarc|gemrc|bunfig\.toml)$|\/\.pnp\.[cm]?js$|\/\.yarn\/(plugins|releases)\/|\/\.pnpmfile\.[cm]?js$|\/bunfig\.toml$|\/pip\.(conf|ini)$|\/\.cargo\/config(\.toml)?$|\/\.mvn\/|\/gradle\/wrapper\//,
  },
  {
    what: 'the shell runs it, or takes its environment from it, when somebody opens a terminal or enters the folder',
    pattern:
      /\/\.(envrc|bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|zlogout|kshrc|cshrc|tcshrc|login|inputrc|tool-versions|mise\.toml|autoenv)$|\/\.?mise\.toml$|\/\.config\/fish\/|microsoft\.(powershell|vscode)_profile\.ps1$|\/profile\.ps1$/,
  },
  {
    what: 'Python runs it at its next start or test run in this folder, without being told to',
    pattern: /\/(conftest|sitecustomize|usercustomize)\.py$|\.pth$/,
  },
  {
    what: 'the build server runs it, with that server’s rights and secrets',
    pattern:
      /\/\.github\/(workflows|actions)\/|\/action\.ya?ml$|\/\.gitlab-ci\.ya?ml$|\/\.gitlab\/|\/\.circleci\/|\/\.buildkite\/|\/\.drone\.ya?ml$|\/\.travis\.ya?ml$|\/appveyor\.ya?ml$|\/azure-pipelines[^/]*\.ya?ml$|\/bitbucket-pipelines\.ya?ml$|\/jenkinsfile[^/]*$|\/\.woodpecker(\/|\.ya?ml$)|\/\.forgejo\/|\/\.gitea\//,
  },
  {
    what: 'agents obey it as instructions, in this and later sessions',
    pattern:
      /\/(skill|agent|agents|claude|gemini|memory|copilot-instructions)(\.local)?\.md$|\.(agent|prompt|instructions|chatmode)\.md$|\/\.(claude|codex|agents|gemini|opencode|roo|kiro|windsurf|pi|amp)\/|\/\.cursor(\/|rules$|ignore$)|\/\.(clinerules|windsurfrules|roomodes)(\/|$)|\/\.github\/(skills|agents|prompts|instructions|chatmodes)\//,
  },
  {
    what: 'agents and editors start the servers that it names',
    pattern: /\/\.?mcp\.json$|\/mcp-?(servers|config)\.json$/,
  },
  { what: 'Paddock obeys it', pattern: /\/\.paddock\// },
]

/** The one spelling of all that name the same file on some system. */
function plainForm(path: string): string {
  const parts = path.split(/[/\\]/).map((part) =>
    part
      .normalize('NFKC')
      // Characters that some file systems leave out of a name.
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .toLowerCase()
      .replace(/:.*$/, '')
      .replace(/[. ]+$/, ''),
  )
  return `/${parts.join('/')}`
}

import { claudeTools } from '../clients/tools.ts'

/** Every name that Claude Code takes for a tool. */
export const claudeToolNames: readonly string[] = claudeTools.map(({ name }) => name)

/** Names that Claude Code had once, or that authors write for tools of its surroundings: not unknown, whatever the version. */
export const otherClaudeNames: ReadonlySet<string> = new Set(
  (
    'List View Search Batch Dispatch dispatch_agent ReadNotebook NotebookRead TodoRead KillBash Computer Browser ' +
    'WaitForMcpServers ListMcpResources ReadMcpResource TeamCreate TeamDelete Brief Config Sleep REPL Artifact'
  ).split(' '),
)

/** What other clients call their tools. */
export const otherToolNames: ReadonlySet<string> = new Set(
  (
    'shell bash powershell view create edit write read grep glob search execute agent web todo task memory fetch ' +
    'web_fetch web_search read_file write_file edit_file apply_patch run_shell_command run_in_terminal list_dir ' +
    'codebase editFiles runCommands terminal githubRepo usages problems changes browser exec process message'
  ).split(' '),
)

/** Names that have others by now. */
export const renamedTools: Readonly<Record<string, string>> = {
  Task: 'Agent',
  MultiEdit: 'Edit',
  KillBash: 'KillShell',
  View: 'Read',
  NotebookRead: 'Read',
  ReadNotebook: 'Read',
}

/** `#tool:name` of VS Code before tools had groups, and what it is now. */
export const renamedEditorTools: Readonly<Record<string, string>> = {
  codebase: 'search/codebase',
  usages: 'search/usages',
  changes: 'search/changes',
  fileSearch: 'search/fileSearch',
  textSearch: 'search/textSearch',
  listDirectory: 'search/listDirectory',
  editFiles: 'edit/editFiles',
  createFile: 'edit/createFile',
  createDirectory: 'edit/createDirectory',
  problems: 'read/problems',
  readFile: 'read/readFile',
  terminalLastCommand: 'read/terminalLastCommand',
  terminalSelection: 'read/terminalSelection',
  runInTerminal: 'execute/runInTerminal',
  runTests: 'execute/runTests',
  testFailure: 'execute/testFailure',
  runTask: 'execute/runTask',
  fetch: 'web/fetch',
  githubRepo: 'web/githubRepo',
  extensions: 'vscode/extensions',
  vscodeAPI: 'vscode/vscodeAPI',
  openSimpleBrowser: 'vscode/openSimpleBrowser',
  runSubagent: 'agent/runSubagent',
  todos: 'todo',
}

/** Tools that change files. */
export const writingTools: ReadonlySet<string> = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit'])

/** What Claude Code puts in the place of `${NAME}` in the patterns of `Bash`. */
export const patternVariables: ReadonlySet<string> = new Set([
  'CLAUDE_SKILL_DIR',
  'CLAUDE_PROJECT_DIR',
  'CLAUDE_PLUGIN_ROOT',
  'CLAUDE_PLUGIN_DATA',
])

/** Programs whose use in a skill is worth a grant. */
export const programs: ReadonlySet<string> = new Set(
  (
    'git gh glab npm npx pnpm yarn bun node deno python python3 uv uvx pip pipx pytest ruff cargo go make docker kubectl ' +
    'helm terraform aws gcloud az curl wget jq rg ffmpeg pandoc playwright'
  ).split(' '),
)

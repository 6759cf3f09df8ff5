import type { ScriptedMessage } from './scripted.ts'

/** A call of the running task and what came of it. */
interface CallResult {
  readonly tool: string
  readonly arguments: Record<string, unknown>
  readonly output: string
}

/** What the demo can see of the task so far: nothing but the conversation that any model would get. */
export class DemoWalk {
  readonly #results: readonly CallResult[]
  /** An earlier prompt of this session has had its answer. */
  readonly isLater: boolean

  constructor(messages: readonly ScriptedMessage[]) {
    const prompt = messages.findLastIndex(({ role }) => role === 'user')
    const answered = ({ role, tool_calls }: ScriptedMessage) => role === 'assistant' && !tool_calls?.length
    this.isLater = messages.slice(0, prompt).some(answered)
    this.#results = resultsOf(messages.slice(prompt + 1))
  }

  /** The listing of the workspace, one entry a line. */
  get listing(): string[] | undefined {
    return this.#find('list_dir')?.output.split('\n')
  }

  file(path: string): string | undefined {
    return this.#find('read_file', { path })?.output
  }

  edits(path: string): string[] {
    return this.#results.filter((result) => result.tool === 'edit_file' && result.arguments['path'] === path).map(said)
  }

  runs(command: string): CommandRun[] {
    return this.#results
      .filter((result) => result.arguments['command'] === command)
      .map(({ output }) => commandRun(output))
  }

  #find(tool: string, args: Record<string, unknown> = {}): CallResult | undefined {
    return this.#results.find(
      (result) =>
        result.tool === tool && Object.entries(args).every(([name, value]) => result.arguments[name] === value),
    )
  }
}

export interface CommandRun {
  /** Undefined where it did not run to its end. */
  readonly code: number | undefined
  readonly passed: number
  readonly failed: number
  readonly output: string
}

function commandRun(output: string): CommandRun {
  const code = /^\[exit (\d+) /.exec(output)?.[1]
  const count = (what: string) => Number(new RegExp(`^(?:ℹ|#) ${what} (\\d+)`, 'm').exec(output)?.[1] ?? 0)
  return { code: code === undefined ? undefined : Number(code), passed: count('pass'), failed: count('fail'), output }
}

const said = ({ output }: CallResult) => output

function resultsOf(messages: readonly ScriptedMessage[]): CallResult[] {
  const outputs = new Map<string, string>()
  for (const { role, tool_call_id, content } of messages) {
    if (role === 'tool' && tool_call_id) outputs.set(tool_call_id, content ?? '')
  }
  return (
    messages
      .flatMap(({ tool_calls }) => tool_calls ?? [])
      .map(({ id, function: { name, arguments: args } }) => ({
        tool: name,
        arguments: JSON.parse(args) as Record<string, unknown>,
        output: outputs.get(id) ?? '',
      }))
      // What an interruption spoilt has to be done again.
      .filter(({ output }) => !output.startsWith('This call was interrupted'))
  )
}

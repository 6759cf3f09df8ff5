import { anything, flag, type Shape, text } from './shape.ts'

const tool: Shape = {
  kinds: ['map'],
  required: ['type', 'value'],
  keys: {
    type: { ...text, longest: 64, meaning: 'What is needed: `mcp`, or `env_var` for an environment variable.' },
    value: { ...text, longest: 1024, meaning: 'The name of what is needed.' },
    description: { ...text, longest: 1024, meaning: 'What it is needed for.' },
    transport: { ...text, longest: 64, meaning: 'How an MCP server is reached.' },
    command: { ...text, longest: 1024, meaning: 'The command that starts an MCP server.' },
    url: { ...text, longest: 1024, meaning: 'The address of an MCP server.' },
  },
}

/** `agents/openai.yaml` as Codex reads it. */
export const openaiShape: Shape = {
  kinds: ['map'],
  keys: {
    interface: {
      kinds: ['map'],
      meaning: 'How Codex shows the skill to people.',
      keys: {
        display_name: { ...text, longest: 64, meaning: 'The name that people see; at most 64 characters.' },
        short_description: { ...text, longest: 1024, meaning: 'One line for people; at most 1,024 characters.' },
        icon_small: { ...text, meaning: 'A small icon: a path below `assets/`.' },
        icon_large: { ...text, meaning: 'A large icon: a path below `assets/`.' },
        brand_color: { ...anything, meaning: 'A colour such as `#1A2B3C`, in quotes.' },
        default_prompt: {
          ...text,
          longest: 1024,
          meaning: 'The prompt that the skill begins with; at most 1,024 characters.',
        },
      },
    },
    dependencies: {
      kinds: ['map'],
      meaning: 'What the skill cannot do without.',
      keys: { tools: { kinds: ['list'], items: tool, meaning: 'MCP servers and environment variables.' } },
    },
    policy: {
      kinds: ['map'],
      meaning: 'Who may start the skill, and where.',
      keys: {
        allow_implicit_invocation: {
          ...flag,
          meaning: 'With `false` the model does not start the skill by itself; people still can.',
        },
        products: {
          meaning: 'The products in which the skill is offered.',
          kinds: ['list'],
          items: { ...text, values: ['chatgpt', 'codex', 'atlas', 'CHATGPT', 'CODEX', 'ATLAS'] },
        },
      },
    },
  },
}

import { anything, flag, type Shape, text } from './shape.ts'

const tool: Shape = {
  kinds: ['map'],
  required: ['type', 'value'],
  keys: {
    type: { ...text, longest: 64 },
    value: { ...text, longest: 1024 },
    description: { ...text, longest: 1024 },
    transport: { ...text, longest: 64 },
    command: { ...text, longest: 1024 },
    url: { ...text, longest: 1024 },
  },
}

/** `agents/openai.yaml` as Codex reads it. */
export const openaiShape: Shape = {
  kinds: ['map'],
  keys: {
    interface: {
      kinds: ['map'],
      keys: {
        display_name: { ...text, longest: 64 },
        short_description: { ...text, longest: 1024 },
        icon_small: text,
        icon_large: text,
        brand_color: anything,
        default_prompt: { ...text, longest: 1024 },
      },
    },
    dependencies: { kinds: ['map'], keys: { tools: { kinds: ['list'], items: tool } } },
    policy: {
      kinds: ['map'],
      keys: {
        allow_implicit_invocation: flag,
        products: {
          kinds: ['list'],
          items: { ...text, values: ['chatgpt', 'codex', 'atlas', 'CHATGPT', 'CODEX', 'ATLAS'] },
        },
      },
    },
  },
}

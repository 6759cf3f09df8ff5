import { anything, flag, type Shape, text, texts } from './shape.ts'

const assertion: Shape = { kinds: ['text', 'map'] }

/** `evals/evals.json`. Authors keep notes of their own in it, so that unknown keys are reported only where they are misspelled. */
export const evalsShape: Shape = {
  kinds: ['map'],
  required: ['skill_name', 'evals'],
  open: true,
  keys: {
    skill_name: text,
    evals: {
      kinds: ['list'],
      items: {
        kinds: ['map'],
        required: ['prompt'],
        open: true,
        keys: {
          id: { kinds: ['text', 'number'] },
          prompt: text,
          expected_output: text,
          files: texts,
          assertions: { kinds: ['list'], items: assertion },
          expectations: { kinds: ['list'], items: assertion },
        },
      },
    },
  },
}

/** `eval_queries.json`: what should trigger a skill and what should not. */
export const queriesShape: Shape = {
  kinds: ['list'],
  items: {
    kinds: ['map'],
    required: ['query', 'should_trigger'],
    open: true,
    keys: { query: text, should_trigger: flag },
  },
}

/** `case.yaml` of `claude plugin eval`. */
export const caseShape: Shape = {
  kinds: ['map'],
  open: true,
  keys: {
    schema_version: { kinds: ['text', 'number'] },
    name: text,
    description: text,
    prompt: text,
    tags: texts,
    execution: { kinds: ['map'], open: true, keys: { prompt: text, max_turns: { kinds: ['number'], least: 1 } } },
    graders: {
      kinds: ['list'],
      items: { kinds: ['map'], required: ['type'], open: true, keys: { type: text, arm: anything } },
    },
  },
}

/** What graders of a type must have. */
export const graderNeeds: Readonly<Record<string, string>> = { regex: 'pattern', tool_used: 'tool' }

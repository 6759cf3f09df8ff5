import { fixBy } from './edits.ts'
import { fixTable } from './fix.ts'
import { toNear } from './near.ts'

/** Fixes for O: `agents/openai.yaml`. */
export const openaiFixes = fixTable({
  O01: toNear,
  O04: (_, { data }) => {
    const { colour, start, end } = data ?? {}
    if (typeof colour !== 'string' || typeof start !== 'number' || typeof end !== 'number') return []
    return [fixBy(`Write ${colour}`, { span: { start, end }, text: colour }, true)]
  },
  O06: (_, { span, data }) => [
    fixBy(`Change it to ${String(data?.['value'])}`, { span, text: String(data?.['value']) }, false),
  ],
  O07: toNear,
})

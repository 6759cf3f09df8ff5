import * as z from 'zod'
import type { PlanContext, Tool, ToolPlan } from '../tool.ts'

interface Definition<Arguments> {
  readonly name: string
  /** The prompt text: what it does and what to know before using it. */
  readonly description: string
  readonly arguments: z.ZodType<Arguments>
  plan(args: Arguments, context: PlanContext): ToolPlan
}

/** A tool whose arguments are checked strictly: nothing unknown, nothing of another type, nothing converted. */
export function defineTool<Arguments>(definition: Definition<Arguments>): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(definition.arguments, { io: 'input' })
  return {
    spec: { name: definition.name, description: definition.description.trim(), parameters },
    plan(args, context) {
      const parsed = definition.arguments.safeParse(args)
      return parsed.success ? definition.plan(parsed.data, context) : invalid(parsed.error)
    },
  }
}

function invalid(error: z.ZodError): ToolPlan {
  const issues = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`)
  return { type: 'invalid', message: `The call was not run; its arguments do not fit: ${issues.join('; ')}.` }
}

import * as z from 'zod'
import { protocolRange } from '#protocol/daemon.ts'
import { SessionEvent } from '#protocol/event.ts'
import { maxFrameBytes } from '#protocol/frameReader.ts'
import { methods, notifications } from '#protocol/methods.ts'

/** The protocol as a reader wants it: every method, notification and event with its shape, made from the schemas. */
export function protocolDocument(): string {
  const sections = [
    '# Protocol',
    '',
    `JSON-RPC 2.0 in \`Content-Length\` frames of at most ${maxFrameBytes / 1024 / 1024} MiB over a Unix socket (a named pipe on Windows); protocol`,
    `${protocolRange.min} to ${protocolRange.max}. The first request on a connection is \`daemon/hello\` with the token of the endpoint file.`,
    'Errors are listed in `errors.ts`: decide by `data.type`, never by the message.',
    '',
    'This file is made from the schemas; `npx vitest run --project unit test/protocol -u` writes it anew.',
    '',
    '## Requests',
    '',
    ...Object.entries(methods).flatMap(([name, { params, result }]) => [
      `### ${name}`,
      '',
      '```ts',
      `params: ${shape(params)}`,
      `result: ${shape(result)}`,
      '```',
      '',
    ]),
    '## Notifications, from the daemon to its clients',
    '',
    ...Object.entries(notifications).flatMap(([name, payload]) => [
      `### ${name}`,
      '',
      '```ts',
      shape(payload),
      '```',
      '',
    ]),
    '## Events of a session',
    '',
    '```ts',
    ...SessionEvent.options.map((option) => shape(option)),
    '```',
    '',
  ]
  return sections.join('\n')
}

function shape(schema: z.ZodType): string {
  return typeText(z.toJSONSchema(schema, { io: 'input' }) as Schema)
}

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: string[]
  const?: unknown
}

function typeText(schema: Schema): string {
  const union = schema.anyOf ?? schema.oneOf
  if (union) return union.map(typeText).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.type === 'array') {
    const item = typeText(schema.items ?? {})
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`
  }
  if (schema.type !== 'object') return schema.type === 'integer' ? 'number' : (schema.type ?? 'unknown')
  const entries = Object.entries(schema.properties ?? {})
  if (entries.length === 0) return '{}'
  const required = new Set(schema.required)
  return `{ ${entries.map(([name, value]) => `${name}${required.has(name) ? '' : '?'}: ${typeText(value)}`).join(', ')} }`
}

/** Why something is not let out, in words for whoever runs the program. Holds nothing that the program sent but the host. */
export interface Refusal {
  readonly status: 400 | 403 | 502 | 503
  readonly rule: string
  readonly text: string
  /** The reason phrase, which is all that most programs show of a refused tunnel. ASCII. */
  readonly phrase: string
}

/** The request itself is at fault, not where it leads. */
export function badRequest(why: string): Refusal {
  const text = `Paddock’s proxy cannot take this request: ${why}.\n`
  return { status: 400, rule: 'badRequest', text, phrase: 'Bad Request' }
}

/** It was let out, and nothing answered there. */
export function unreachable(host: string, port: number, why: string): Refusal {
  const text = `Paddock let this connection out, but there is no way to ${host}, port ${port}: ${why}.\n`
  return { status: 502, rule: 'unreachable', text, phrase: 'Bad Gateway' }
}

/** A rule or a person is against it; says what could be done about that. */
export function refused(host: string, port: number, { rule, reason }: { rule: string; reason: string }): Refusal {
  const way =
    ways.get(rule) ?? (rule.startsWith('deny ') ? 'The workspace’s network rules would have to change.' : undefined)
  const text = [
    `Paddock does not let programs reach ${host}, port ${port}: ${reason}.`,
    way ??
      `To allow it, add a rule for ${host}${port === 80 || port === 443 ? '' : `, port ${port},`} to the workspace’s network rules (Paddock: Sandbox).`,
    '',
  ].join('\n')
  return { status: 403, rule, text, phrase: ascii(`Refused by Paddock (${host}: ${reason})`).slice(0, 250) }
}

const ways = new Map([
  ['denied', 'Do not look for another way to it: ask the person who refused it.'],
  ['nameMismatch', 'Ask for the host that the connection is really for.'],
  ['notTls', 'Only TLS goes out on this port.'],
  ['tooManyQuestions', 'Try again when fewer programs wait for an answer.'],
  [
    'notAnswered',
    'People are asked for an agent’s task only: for your own programs, add a rule for this host (Paddock: Sandbox).',
  ],
])

/** A whole HTTP/1.1 response, after which the connection ends. */
export function asResponse({ status, rule, text, phrase }: Refusal): string {
  const head = [
    `HTTP/1.1 ${status} ${phrase}`,
    ...Object.entries(responseHeaders({ rule, text })).map(([name, value]) => `${name}: ${value}`),
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

export function responseHeaders({ rule, text }: Pick<Refusal, 'rule' | 'text'>): Record<string, string> {
  return {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
    'Paddock-Refused': ascii(rule),
    Connection: 'close',
  }
}

function ascii(text: string): string {
  return text
    .replaceAll(/[“”]/g, '"')
    .replaceAll('’', "'")
    .replaceAll(/[^\x20-\x7e]/g, '?')
}

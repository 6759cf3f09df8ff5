import { expect, test } from 'vitest'
import { type Decided, isNews, lacksRule, whyDenied } from '../../extension/deniedHost.ts'

function denied(rule: string, task?: string): Decided {
  const decision = { host: 'a.example', port: 443, how: 'connect', verdict: 'deny', rule, reason: 'because' } as const
  return { type: 'connectionDecided', decision, ...(task && { task }) }
}

test.each([
  ['no rule names it', denied('undecided', 't1'), { told: true, offered: true, why: 'because' }],
  [
    'nobody answered',
    denied('notAnswered', 't1'),
    { told: true, offered: true, why: 'no rule of this workspace allows it' },
  ],
  [
    'a terminal, where nobody is asked',
    denied('denied'),
    { told: true, offered: true, why: 'no rule of this workspace allows it' },
  ],
  ['the user refused it', denied('denied', 't1'), { told: false, offered: false, why: 'because' }],
  ['a rule refuses it', denied('deny a.example', 't1'), { told: true, offered: false, why: 'because' }],
  ['a private address', denied('privateAddress', 't1'), { told: true, offered: false, why: 'because' }],
])('%s', (_, event, expected) => {
  expect({ told: isNews(event), offered: lacksRule(event), why: whyDenied(event) }).toEqual(expected)
})

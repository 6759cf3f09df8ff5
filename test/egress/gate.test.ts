import { expect, test } from 'vitest'
import { type Client, Gate } from '../../daemon/egress/gate.ts'
import { readHost } from '../../daemon/egress/hostName.ts'
import { ToldTargets } from '../../daemon/egress/toldTargets.ts'
import { allow, deny } from './inside.ts'

const wanted = (host: string) => ({ host: readHost(host)!, port: 443, how: 'connect', tag: undefined }) as const
const client = (): Client => ({
  tag: undefined,
  gone: new AbortController().signal,
  approved: new Set(),
  told: new ToldTargets(),
})

test('a connection that had been let out to a thousand hosts since kept one that was denied meanwhile', async () => {
  let rules = [allow('*.test')]
  const told: string[] = []
  const gate = new Gate({
    policy: () => ({ undecided: 'deny', rules }),
    ask: () => Promise.reject(new Error('nobody to ask')),
    onDecided: ({ host }) => told.push(host),
    sourceOf: () => undefined,
    resolve: async () => ['93.184.215.14'],
  })
  const [few, many] = [client(), client()]
  const letOut = async (from: Client, host: string) => {
    const admission = await gate.admit(wanted(host), from)
    if (admission.type !== 'allowed') throw new Error(`${host} is not allowed`)
    gate.tell(wanted(host), from, 'allow', admission)
  }
  for (const from of [few, many]) await letOut(from, 'first.test')
  await letOut(few, 'first.test')
  for (let i = 0; i < 1_000; i++) await letOut(many, `h${i}.test`)
  expect(told).toHaveLength(1_002)
  rules = [allow('*.test'), deny('other.test')]
  expect(gate.stillAllowed(few)).toBe(true)
  rules = [allow('*.test'), deny('first.test')]
  expect([gate.stillAllowed(few), gate.stillAllowed(many)]).toEqual([false, false])
})

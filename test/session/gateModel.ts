import fc from 'fast-check'
import type { Outcome } from '#protocol/approval.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import { type Host, hosts, type Line, lines } from './gateModelPolicy.ts'
import { GateWorld } from './gateModelWorld.ts'

/** One thing that happens. */
type Act =
  | { readonly does: 'call'; readonly name: string; readonly line: Line; readonly isNewStep: boolean }
  | { readonly does: 'end' | 'hangUp'; readonly at: number }
  | { readonly does: 'connect'; readonly at: number; readonly host: Host; readonly isOfNobody: boolean }
  | { readonly does: 'answer'; readonly at: number; readonly outcome: Outcome; readonly by: string }
  | { readonly does: 'replay'; readonly at: number; readonly outcome: Outcome }
  | { readonly does: 'restart'; readonly isOther: boolean }
  | { readonly does: 'rule'; readonly about: Line | Host; readonly verdict: PolicyRule['verdict'] | 'none' }
  | { readonly does: 'mode'; readonly mode: Mode }
  | { readonly does: 'elapse'; readonly isLong: boolean }
  | { readonly does: 'touch' | 'release' | 'prepare' | 'cancel' }

/**
 * Does all of it in a new world; fails where something does not hold. Answers how much was allowed by answers. As in the
 * daemon, where each thing comes as a message, a timer or the end of a read, what one leads to goes on before the next comes.
 */
export async function playActs(acts: readonly Act[]): Promise<GateWorld['allowed']> {
  const world = new GateWorld()
  try {
    for (const act of acts) {
      deeds[act.does](world, act as never)
      await world.flush()
      world.check()
    }
    await world.settle()
    world.check()
    return world.allowed
  } finally {
    world.close()
  }
}

type Deeds = { readonly [D in Act['does']]: (world: GateWorld, act: Extract<Act, { does: D }>) => void }

const deeds: Deeds = {
  call: (world, { name, line, isNewStep }) => world.call(name, line, isNewStep),
  end: (world, { at }) => world.end(at),
  hangUp: (world, { at }) => world.hangUp(at),
  connect: (world, { at, host, isOfNobody }) => world.connect(at, host, isOfNobody),
  answer: (world, { at, outcome, by }) => world.answer(at, outcome, by),
  replay: (world, { at, outcome }) => world.replay(at, outcome),
  restart: (world, { isOther }) => world.restart(isOther),
  rule: (world, { about, verdict }) => world.rule(about, verdict),
  mode: (world, { mode }) => world.mode(mode),
  elapse: (world, { isLong }) => world.elapse(isLong),
  touch: (world) => world.touch(),
  release: (world) => world.release(),
  prepare: (world) => world.prepare(),
  cancel: (world) => world.cancel(),
}

const line = fc.constantFrom(...lines)
const host = fc.constantFrom(...hosts)
const at = fc.nat(5)
const rules = [{ verdict: 'allow' as const, program: ['publish'] }]
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>(
    { type: 'allowOnce' },
    { type: 'allowForSession' },
    { type: 'allowForSession', rules },
    { type: 'allowForWorkspace' },
    { type: 'allowForWorkspace', rules },
    { type: 'allowForUser', rules },
    { type: 'deny' },
    { type: 'deny', guidance: 'no' },
    { type: 'abort' },
  ),
  line.map((edited): Outcome => ({ type: 'allowWithInput', arguments: edited })),
)
const does = <D extends Act['does']>(value: D) => fc.constant(value)

/** Whatever may happen, the usual more often. */
export const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: does('call'),
      name: fc.constantFrom('c1', 'c2'),
      line,
      isNewStep: fc.boolean(),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({ does: does('connect'), at, host, isOfNobody: fc.boolean() }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ does: does('answer'), at, outcome, by: fc.constantFrom('w1', 'w2') }),
  },
  { weight: 8, arbitrary: fc.record({ does: does('release') }) },
  { weight: 12, arbitrary: fc.record({ does: does('prepare') }) },
  fc.record({ does: fc.constantFrom('end', 'hangUp'), at }),
  fc.record({ does: does('replay'), at: fc.nat(9), outcome }),
  fc.record({ does: does('restart'), isOther: fc.boolean() }),
  fc.record({
    does: does('rule'),
    about: fc.oneof(line, host),
    verdict: fc.constantFrom('allow' as const, 'ask', 'deny', 'none'),
  }),
  fc.record({ does: does('mode'), mode: fc.constantFrom<Mode>('plan', 'ask', 'auto', 'auto', 'unattended') }),
  fc.record({ does: does('elapse'), isLong: fc.boolean() }),
  fc.record({ does: fc.constantFrom('touch', 'cancel') }),
)

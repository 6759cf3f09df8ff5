import type { Diagnosis } from '#protocol/doctor.ts'
import type { Surroundings } from './doctor/check.ts'
import { examine } from './doctor/examine.ts'
import { egress } from './egress/egress.ts'
import { sandboxKinds, usualKind } from './sandboxChoice.ts'

/** Examines the machine with the sandboxes and the way out that the daemon has; nothing is answered from memory. */
export function examineMachine(dataFolder: string): Promise<Diagnosis> {
  return examine(surroundings(dataFolder))
}

function surroundings(dataFolder: string): Surroundings {
  return {
    dataFolder,
    usualKind,
    kinds: sandboxKinds(dataFolder, () => {}),
    wayOut: (policy) =>
      egress({
        policy: () => policy,
        ask: () => Promise.resolve('deny'),
        onDecided: () => {},
        sourceOf: () => undefined,
        secrets: () => [],
      }),
  }
}

import { afterAll, test } from 'vitest'
import { gvisorRunners } from '../support/gvisorRunners.ts'
import { sandboxLayerContract } from './sandboxLayer.ts'

const { runners, missing, stop } = await gvisorRunners()
// Before the contract's own, which then come first.
afterAll(stop, 60_000)

for (const why of missing) test.skip(`a layer under gVisor ${why}`, () => {})
for (const { runner, provider } of runners) {
  sandboxLayerContract(`a layer under gVisor, run by ${runner}`, provider, { ownPipes: true })
}

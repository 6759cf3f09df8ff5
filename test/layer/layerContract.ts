import { describe } from 'vitest'
import { contractBench, type LayerKind } from './bench.ts'
import { changesContract } from './contract/changesContract.ts'
import { checkpointContract } from './contract/checkpointContract.ts'
import { discardContract } from './contract/discardContract.ts'
import { hunksContract } from './contract/hunksContract.ts'
import { keepContract } from './contract/keepContract.ts'
import { timeContract } from './contract/timeContract.ts'

/** What every kind of layer must do. */
export function layerContract(name: string, kind: LayerKind): void {
  const title = `${name}${kind.unavailable ? ` (${kind.unavailable})` : ''}`
  describe.skipIf(kind.unavailable !== undefined)(title, () => {
    const bench = contractBench(kind)
    changesContract(bench)
    hunksContract(bench)
    keepContract(bench)
    discardContract(bench)
    timeContract(bench)
    checkpointContract(bench)
  })
}

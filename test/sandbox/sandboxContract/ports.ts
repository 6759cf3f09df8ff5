import type { ContractContext } from './context.ts'
export function portContract(_the: ContractContext): void {}

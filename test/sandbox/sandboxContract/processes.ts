import type { ContractContext } from './context.ts'
export function processContract(_the: ContractContext): void {}

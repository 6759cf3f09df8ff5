import type { ContractContext } from './context.ts'
export function limitContract(_the: ContractContext): void {}

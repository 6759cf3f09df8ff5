import type { ContractContext } from './context.ts'
export function terminalContract(_the: ContractContext): void {}

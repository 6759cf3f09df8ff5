import type { Tool } from '../tool.ts'
import { editFile } from './editFile.ts'
import { exec } from './exec.ts'
import { listDir } from './listDir.ts'
import { processTool } from './process.ts'
import { readFile } from './readFile.ts'
import { search } from './search.ts'
import { writeFile } from './writeFile.ts'

/** Every tool of Paddock's own agent, in the order that the model is told of them. */
export function tools(): readonly Tool[] {
  return [exec(), readFile(), writeFile(), editFile(), listDir(), search(), processTool()]
}

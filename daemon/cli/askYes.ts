import { createInterface } from 'node:readline/promises'

/** Whether a person at this terminal says yes; undefined where there is none to ask. The end of the input is no. */
export async function askYes(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  const asking = createInterface({ input: process.stdin, output: process.stdout })
  const { promise: closed, resolve: close } = Promise.withResolvers<string>()
  asking.once('close', () => close(''))
  const answer = await Promise.race([asking.question(`${question} (y/N)? `), closed])
  asking.close()
  return /^y(es)?$/i.test(answer.trim())
}

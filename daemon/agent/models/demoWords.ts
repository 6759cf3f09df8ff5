import { lockCommand, testCommand } from './demoCommands.ts'
import type { CommandRun, DemoWalk } from './demoWalk.ts'

const howToSetModel = 'To let a real model work for you, run **Paddock: Set Model and Key…** from the command palette.'

export const intro = `I am Paddock’s **demo model**: a script that knows one walk through a small shop’s code, whatever you ask. Everything else is real: the sandbox, the edits, the tests, the approval. ${howToSetModel}

I start by looking at the folder.`

export const laterPrompt = `I am only the demo model, and I know just the one walk that I have already done in this session. What it changed is still there for you to keep or discard. ${howToSetModel}`

export const testsAlreadyPass = `All tests pass already, so the mistakes that I know how to correct are corrected, and I leave the code as it is. ${howToSetModel}`

/** Without what the tests say there is nothing to go by. */
export function testsDidNotRun(walk: DemoWalk): string {
  const output = walk.runs(testCommand)[0]?.output ?? ''
  return `The tests could not be run here: ${quote(output)} Without them I cannot tell what is wrong, so I have changed nothing. ${howToSetModel}`
}

/** For a folder that is not the demo workspace. */
export function aboutOtherFolder(walk: DemoWalk): string {
  const entries = (walk.listing ?? []).filter((line) => line !== '' && !line.startsWith('['))
  const heading = /^#+ +(.+)$/m.exec(walk.file('README.md') ?? '')?.[1]?.trim()
  const about = heading ? `, and its README.md begins with “${heading.slice(0, 100)}”` : ''
  const count = entries.length === 1 ? 'one entry' : `${entries.length} entries`
  return `This folder has ${count}${about}. More I cannot do here: I am a script that only knows the demo workspace, so I have changed nothing. ${howToSetModel}`
}

/** What was done and what was not, by what the tools answered. */
export function summary(walk: DemoWalk): string {
  const lines = [...editLines(walk), testLine(walk.runs(testCommand)), lockLine(walk.runs(lockCommand)[0])]
  const points = lines.filter((line) => line !== undefined).map((line) => `- ${line}`)
  return `Done. This is what came of it:

${points.join('\n')}

Your own files are as they were. Look at the changes and keep or discard them, hunk by hunk. ${howToSetModel}`
}

function editLines(walk: DemoWalk): string[] {
  return ['src/cart.js', 'README.md'].flatMap((path) => {
    const edits = walk.edits(path)
    if (edits.length === 0) return []
    const made = edits.filter((output) => output.includes(' edited, ')).length
    const what = path === 'README.md' ? 'the total for 11 apples' : 'the discount from ten pieces on, and the rounding'
    if (made === edits.length) return [`\`${path}\`: corrected ${what}.`]
    return [
      `\`${path}\`: ${made} of ${edits.length} edits worked; the others were refused: ${quote(edits.find((output) => !output.includes(' edited, ')) ?? '')}`,
    ]
  })
}

function testLine(runs: readonly CommandRun[]): string | undefined {
  const first = runs[0]
  const last = runs.at(-1)
  if (!first || !last) return undefined
  if (last.code === undefined) return `The tests did not run to their end: ${quote(last.output)}`
  if (runs.length === 1)
    return `The tests end with exit code ${last.code}, and I found nothing that I know how to correct.`
  if (last.code === 0) return `Tests: ${first.failed} failed before, all ${last.passed} pass now.`
  return `Tests: ${first.failed} failed before, and ${last.failed} still fail (exit code ${last.code}).`
}

function lockLine(run: CommandRun | undefined): string | undefined {
  if (!run) return undefined
  if (run.code === 0) return '`package-lock.json`: written, after you allowed it.'
  if (run.code === undefined) return `\`package-lock.json\`: not written; the command was not run: ${quote(run.output)}`
  return `\`package-lock.json\`: npm ended with exit code ${run.code}: ${quote(run.output)}`
}

function quote(output: string): string {
  const line = output.replace(/\s+/g, ' ').trim()
  return `“${line.slice(0, 200)}${line.length > 200 ? '…' : ''}”`
}

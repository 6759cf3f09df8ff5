import { lockCommand, testCommand } from './demoCommands.ts'
import { type CommandRun, DemoWalk } from './demoWalk.ts'
import { aboutOtherFolder, intro, laterPrompt, summary, testsAlreadyPass, testsDidNotRun } from './demoWords.ts'
import type { Script, ScriptedCall, ScriptedReply } from './scripted.ts'

/** The demo model's name, as its provider lists it. */
export const demoModelName = 'paddock-demo'

/**
 * The script of the demo model: an honest walk through the demo workspace. It knows one task and nothing else, but what it
 * does next and what it says of it depend on what the tools really answered. `paceMs` lies between two words.
 */
export function demoScript({ paceMs }: { readonly paceMs: number }): Script {
  return ({ messages }) => {
    const walk = new DemoWalk(messages)
    const { text, calls } = nextMove(walk)
    return { type: 'reply', text, calls, paceMs } satisfies ScriptedReply
  }
}

interface Move {
  readonly text: string
  readonly calls: readonly ScriptedCall[]
}

/** The first one that is due is done. The last one always is. */
const moves: readonly { isDue: (walk: DemoWalk) => boolean; move: (walk: DemoWalk) => Move }[] = [
  { isDue: (walk) => walk.isLater, move: () => say(laterPrompt) },
  { isDue: (walk) => walk.listing === undefined, move: () => say(intro, call('list_dir', {})) },
  {
    isDue: (walk) => unread(walk, ['package.json', 'README.md']).length > 0,
    move: (walk) => say('Let me see what this is.', ...unread(walk, ['package.json', 'README.md']).map(read)),
  },
  { isDue: (walk) => !isShop(walk), move: (walk) => say(aboutOtherFolder(walk)) },
  {
    isDue: (walk) => walk.file('src/cart.js') === undefined,
    move: () =>
      say(
        'A till for a small shop, with failing tests. I read the code that adds up the cart, and its tests.',
        read('src/cart.js'),
        read('test/cart.test.js'),
      ),
  },
  {
    isDue: (walk) => walk.runs(testCommand).length === 0,
    move: () => say('Before I change anything, I run the tests to see what fails.', runTests('See what fails')),
  },
  { isDue: (walk) => !hasCounts(walk.runs(testCommand)[0]), move: (walk) => say(testsDidNotRun(walk)) },
  { isDue: (walk) => walk.runs(testCommand)[0]?.code === 0, move: () => say(testsAlreadyPass) },
  {
    isDue: (walk) => walk.edits('src/cart.js').length === 0 && cartEdits(walk).length > 0,
    move: (walk) =>
      say(
        'I see two mistakes in `src/cart.js`. The discount starts at the *eleventh* piece, because `>` leaves out ten itself. And the total is cut off (`Math.floor`) where the README says that half a cent goes up. I correct both.',
        ...cartEdits(walk),
      ),
  },
  {
    isDue: (walk) => walk.edits('src/cart.js').length > 0 && walk.runs(testCommand).length === 1,
    move: () => say('Now the tests again.', runTests('See whether the corrections work')),
  },
  {
    isDue: (walk) => passes(walk) && walk.edits('README.md').length === 0 && hasWrongTotal(walk),
    move: () =>
      say(
        'They pass. The README still shows the old, wrong total for 11 apples: 11 × 35 cents less 10 % is 346.5 cents, so 3.47 €.',
        call('edit_file', { path: 'README.md', old_text: wrongTotal, new_text: rightTotal }),
      ),
  },
  {
    isDue: (walk) => passes(walk) && walk.runs(lockCommand).length === 0,
    move: () =>
      say(
        'One thing more: the project has no `package-lock.json`. npm makes one, and may want the network for it. Commands reach no host here that you did not allow, so this is where you are asked.',
        call('exec', {
          command: lockCommand,
          purpose: 'Write package-lock.json, so that everyone installs the same',
          network: true,
          timeout_seconds: 60,
        }),
      ),
  },
  { isDue: () => true, move: (walk) => say(summary(walk)) },
]

const wrongTotal = '| 11 apples             | 3.46 € |'
const rightTotal = '| 11 apples             | 3.47 € |'
const corrections = [
  ['  const isBulk = quantity > bulkQuantity', '  const isBulk = quantity >= bulkQuantity'],
  ['  return Math.floor(sum)', '  return Math.round(sum)'],
] as const

function nextMove(walk: DemoWalk): Move {
  const due = moves.find(({ isDue }) => isDue(walk))
  return due ? due.move(walk) : say(summary(walk))
}

function unread(walk: DemoWalk, paths: readonly string[]): string[] {
  return paths.filter((path) => walk.listing?.includes(path) && walk.file(path) === undefined)
}

function isShop(walk: DemoWalk): boolean {
  return walk.file('package.json')?.includes('"name": "corner-shop"') ?? false
}

function hasCounts(run: CommandRun | undefined): boolean {
  return run?.code !== undefined && run.passed + run.failed > 0
}

function passes(walk: DemoWalk): boolean {
  return walk.runs(testCommand).at(-1)?.code === 0
}

function hasWrongTotal(walk: DemoWalk): boolean {
  return walk.file('README.md')?.includes(wrongTotal) ?? false
}

function cartEdits(walk: DemoWalk): ScriptedCall[] {
  const cart = walk.file('src/cart.js') ?? ''
  return corrections
    .filter(([old]) => cart.includes(old))
    .map(([old_text, new_text]) => call('edit_file', { path: 'src/cart.js', old_text, new_text }))
}

const runTests = (purpose: string) => call('exec', { command: testCommand, purpose })
const read = (path: string) => call('read_file', { path })
const call = (tool: string, args: object): ScriptedCall => ({ tool, arguments: args })
const say = (text: string, ...calls: ScriptedCall[]): Move => ({ text, calls })

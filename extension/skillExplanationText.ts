import { visible } from '#protocol/visible.ts'

/** What one client makes of a skill, and why, as the language service tells it. */
export interface ClientExplanation {
  readonly title: string
  readonly verdict: 'shown' | 'hidden' | 'elsewhere' | 'refused'
  readonly steps: readonly string[]
}

/** What one client does, and what several do; those first that somebody asks about. */
const verdicts: Readonly<Record<ClientExplanation['verdict'], readonly [string, string]>> = {
  refused: ['does not load it', 'do not load it'],
  hidden: ['takes another skill of this name', 'take another skill of this name'],
  elsewhere: ['would load it from another folder', 'would load it from another folder'],
  shown: ['loads it', 'load it'],
}

/** Each client's way to a skill, step by step, as text that nothing in it can become a link of; clients that go the same way together. */
export function skillExplanation(name: string, explanations: readonly ClientExplanation[]): string {
  const ways = new Map<string, ClientExplanation[]>()
  for (const each of explanations) {
    const way = JSON.stringify([each.verdict, each.steps])
    ways.set(way, [...(ways.get(way) ?? []), each])
  }
  const order = Object.keys(verdicts)
  const sorted = [...ways.values()].sort(([a], [b]) => order.indexOf(a!.verdict) - order.indexOf(b!.verdict))
  const sections = sorted.map((those) => {
    const { verdict, steps } = those[0]!
    const [one, several] = verdicts[verdict]
    const titles = those.map(({ title }) => title)
    const who = titles.length === 1 ? titles[0] : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`
    const numbered = steps.map((step, index) => quoted(`${index + 1}. ${step}`))
    return [`## ${who} ${titles.length === 1 ? one : several}`, ...(numbered.length > 0 ? ['', ...numbered] : [])].join(
      '\n',
    )
  })
  return ['# What clients make of this skill', quoted(name), ...sections].join('\n\n').concat('\n')
}

/** As a block that Markdown leaves as it is. */
function quoted(text: string): string {
  return visible(text).replace(/^/gm, '    ')
}

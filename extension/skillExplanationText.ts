import { visible } from '#protocol/visible.ts'

/** What one client makes of a skill, and why, as the language service tells it. */
export interface ClientExplanation {
  readonly title: string
  readonly verdict: 'shown' | 'hidden' | 'elsewhere' | 'refused'
  readonly steps: readonly string[]
}

const verdicts: Readonly<Record<ClientExplanation['verdict'], string>> = {
  shown: 'loads it',
  hidden: 'takes another skill of this name',
  elsewhere: 'would load it from another folder',
  refused: 'does not load it',
}

/** Each client's way to a skill, step by step, as text that nothing in it can become a link of. */
export function skillExplanation(name: string, explanations: readonly ClientExplanation[]): string {
  const sections = explanations.map(({ title, verdict, steps }) => {
    const numbered = steps.map((step, index) => quoted(`${index + 1}. ${step}`))
    return [`## ${title} ${verdicts[verdict]}`, ...(numbered.length > 0 ? ['', ...numbered] : [])].join('\n')
  })
  return ['# What clients make of this skill', quoted(name), ...sections].join('\n\n').concat('\n')
}

/** As a block that Markdown leaves as it is. */
function quoted(text: string): string {
  return visible(text).replace(/^/gm, '    ')
}

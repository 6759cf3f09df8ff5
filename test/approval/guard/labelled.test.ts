import { expect, test } from 'vitest'
import { examined, home, root } from './examined.ts'
import { labelled } from './labelled.ts'

const harmless = labelled('harmless')
const asking = labelled('asking')
const destructive = labelled('destructive')

/** What auto mode would make of it: no question about what sandbox and layer contain. */
function isAllowed(command: string): boolean {
  const { understood, reasons, paths } = examined(command)
  const places = [`${root}/`, `${home}/`, '/tmp/']
  const outside = paths.some(
    ({ path, effect }) => effect !== 'read' && !places.some((place) => `${path}/`.startsWith(place)),
  )
  return understood && !outside && !reasons.some(({ consequential }) => consequential)
}

test('there are enough labelled commands, and none has two labels', () => {
  const all = [...harmless, ...asking, ...destructive]
  expect(all.length).toBeGreaterThanOrEqual(1_500)
  expect(all.filter((line, i) => all.indexOf(line) !== i)).toEqual([])
  console.log(
    `figure: labelled commands: ${harmless.length} harmless, ${asking.length} that need asking, ${destructive.length} destructive`,
  )
})

test('none that is destructive or unknown would be allowed in auto mode', () => {
  const allowed = [...asking, ...destructive].filter(isAllowed)
  console.log(`figure: of those that need asking or destroy, allowed in auto mode: ${allowed.length} (aim 0)`)
  expect(allowed).toEqual([])
})

test('what destroys is called consequential or is not understood, whoever decides', () => {
  const missed = destructive.filter((line) => {
    const { understood, reasons } = examined(line)
    return understood && !reasons.some(({ consequential }) => consequential)
  })
  expect(missed).toEqual([])
})

test('at least nine in ten harmless everyday commands are not asked about in auto mode', () => {
  const asked = harmless.filter((line) => !isAllowed(line))
  const share = (100 * (harmless.length - asked.length)) / harmless.length
  console.log(`figure: harmless everyday commands not asked about in auto mode: ${share.toFixed(1)} % (aim 90)`)
  if (process.env['PADDOCK_LABELLED']) console.log(asked.map((line) => `  asked: ${line}`).join('\n'))
  expect(share).toBeGreaterThanOrEqual(90)
})

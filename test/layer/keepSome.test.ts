import { readdir } from 'node:fs/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Layer } from '../../daemon/layer/layer.ts'
import { type AgentShell, Bench } from './bench.ts'
import { overlay } from './overlay.ts'

/** One edit of a line: by whom, how, and whether it is then kept. Edits lie two lines or more apart. */
const edit = fc.record({
  by: fc.constantFrom('agent', 'user'),
  how: fc.constantFrom('replace', 'delete', 'insert'),
  kept: fc.boolean(),
  gap: fc.integer({ min: 2, max: 5 }),
})
const script = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 8 }),
  end: fc.constantFrom('\n', '\r\n'),
  bom: fc.boolean(),
  lastEnds: fc.boolean(),
  order: fc.boolean(),
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

/** The text with the edits that `takes` lets in. */
function textOf({ edits, end, bom, lastEnds }: Script, takes: (edit: Script['edits'][number]) => boolean): string {
  const lines: string[] = []
  for (const [at, one] of edits.entries()) {
    for (let line = 0; line < one.gap; line++) lines.push(`${at}.${line}`)
    const target = `${at} target`
    if (!takes(one)) lines.push(target)
    else if (one.how === 'replace') lines.push(`${at} by ${one.by}`)
    else if (one.how === 'insert') lines.push(`${at} new by ${one.by}`, target)
  }
  lines.push('last', 'but', 'not least')
  return `${bom ? '\uFEFF' : ''}${lines.join(end)}${lastEnds ? end : ''}`
}

describe.skipIf(overlay.unavailable !== undefined)('keeping some hunks and discarding the rest', () => {
  let bench: Bench
  let layer: Layer
  let shell: AgentShell
  beforeAll(async () => {
    bench = await Bench.make(overlay, {})
    ;({ layer, shell } = await bench.open())
  })
  afterAll(async () => await bench.dispose())

  test('makes of the user’s file what the user and the kept hunks make of it, and nothing else', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        run += 1
        const path = `file ${run}.txt`
        const base = textOf(given, () => false)
        await bench.write(path, base)
        await layer.rememberBase(path, Buffer.from(base), 0o644)
        await shell.files.writeFile(`${bench.folder}/${path}`, Buffer.from(textOf(given, ({ by }) => by === 'agent')))
        await bench.save(
          path,
          textOf(given, ({ by }) => by === 'user'),
        )

        const hunks = await layer.hunks(path)
        const edits = given.edits.filter(({ by }) => by === 'agent')
        expect(hunks).toHaveLength(edits.length)
        const chosen = (kept: boolean) => hunks.filter((_, at) => edits[at]!.kept === kept).map(({ id }) => id)
        const keepThem = async () => {
          for (const id of chosen(true))
            expect(await layer.keep([{ path, hunks: [id] }])).toMatchObject([{ type: 'kept' }])
        }
        const discardThem = async () => {
          const ids = chosen(false)
          const results = ids.length > 0 ? await layer.discard([{ path, hunks: ids }], shell.files) : []
          expect(results.filter(({ type }) => type !== 'discarded')).toEqual([])
        }
        for (const step of given.order ? [keepThem, discardThem] : [discardThem, keepThem]) await step()

        expect(await bench.text(path)).toBe(textOf(given, ({ by, kept }) => by === 'user' || kept))
        const seen = await layer.read(path, 'layer')
        if (edits.length > 0)
          expect(seen).toEqual({ type: 'text', text: textOf(given, ({ by, kept }) => by === 'agent' && kept) })
        expect((await layer.changes()).map((change) => change.path)).not.toContain(path)
      }),
      { numRuns: 40 },
    )
    expect((await readdir(bench.folder)).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

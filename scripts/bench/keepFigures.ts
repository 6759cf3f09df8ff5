import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, median, percentile, time } from './figure.ts'
import { ground } from './ground.ts'

const lines = 2000
const hunkCount = 40

/** From the click on a hunk's keep button (the request) to the file on disk, in a file of 2,000 lines with 40 hunks. */
export async function keepFigures(): Promise<Figure[]> {
  const place = ground()
  try {
    const file = join(place.folder, 'big.txt')
    const text = Array.from({ length: lines }, (_, i) => `line ${i}\n`)
    writeFileSync(file, text.join(''))
    const edited = text.map((line, i) => (i % (lines / hunkCount) === 7 ? `${line.trim()} edited\n` : line)).join('')
    const client = await place.connect()
    await place.script(client, ({ number }) =>
      number === 1
        ? { type: 'reply', calls: [{ tool: 'write_file', arguments: { path: 'big.txt', content: edited } }] }
        : { type: 'reply', text: 'Done.' },
    )
    const { session } = await client.request('session/create', { folder: place.folder })
    await place.run(client, session.id, 'go')
    const samples: number[] = []
    for (let i = 0; i < hunkCount; i++) {
      const { hunks } = await client.request('change/hunks', { session: session.id, path: 'big.txt' })
      const [first] = hunks
      if (!first) throw new Error(`hunk ${i} is missing`)
      const selections = [{ path: 'big.txt', hunks: [first.id] }]
      const begin = performance.now()
      const { results } = await client.request('change/keep', { session: session.id, selections })
      samples.push(performance.now() - begin)
      if (results[0]?.type !== 'kept') throw new Error(`hunk ${i}: ${results[0]?.type}`)
    }
    if (readFileSync(file, 'utf8') !== edited) throw new Error('the kept file is not what the agent wrote')
    const aside = `${file}.bench`
    const bare = await time(40, () => {
      const handle = openSync(aside, 'w')
      writeSync(handle, edited)
      fsyncSync(handle)
      closeSync(handle)
      renameSync(aside, `${file}.copy`)
    })
    return [
      {
        name: 'keep a hunk: click to file on disk',
        value: median(samples),
        p95: percentile(samples, 95),
        unit: 'ms',
        limit: { name: 'write+fsync+rename', value: median(bare) },
      },
    ]
  } finally {
    await place.leave()
  }
}

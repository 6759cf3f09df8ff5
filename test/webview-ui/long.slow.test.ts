/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type ChatPage, type ChatPages, chatPages } from './support/chatPage.ts'
import { frames } from './support/frames.ts'
import { begin, fixTheTest, run, step } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

type Calls = Record<'setInterval' | 'setTimeout' | 'requestAnimationFrame', number>
const calls = (page: Page) => page.evaluate(() => ({ ...(window as unknown as { calls: Calls }).calls }))
const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length)

async function conversationOf(steps: number): Promise<ChatPage & { session: string }> {
  let session = ''
  const chat = await pages.open({
    prepare: (host) => {
      session = host.createSession(`${steps} steps`)
      for (const event of begin('t1', 'Go')) host.record(session, event)
      for (let n = 1; n <= steps; n++) {
        const call = run(`c${n}`, `make part-${n}`, `output of ${n}\n`, 'exit 0 in 0.1 s')
        const text = `Step ${n}: \`src/part-${n}.js\` is **next**.\n\n- one\n- two`
        for (const event of step('t1', n, text, [call])) host.record(session, event)
      }
      host.record(session, { type: 'stepStarted', task: 't1', step: steps + 1 })
    },
  })
  return { ...chat, session }
}

interface Measured {
  readonly opened: number
  readonly streamed: number
  readonly scrolled: number
  readonly nodes: number
}

/** Opens a session, streams a reply into it and scrolls up through it. The page's own work, in milliseconds. */
async function measure(steps: number): Promise<Measured> {
  const { page, host, session, complaints } = await conversationOf(steps)
  await page.locator('.empty').waitFor()
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable')
  const work = async (of: () => Promise<unknown>) => {
    const before = await client.send('Performance.getMetrics')
    await of()
    const after = await client.send('Performance.getMetrics')
    const [from, to] = [before, after].map(({ metrics }) => metrics.find(({ name }) => name === 'TaskDuration')!.value)
    return (to! - from!) * 1_000
  }

  const opened = await work(async () => {
    await host.tell({ type: 'show', session })
    await page.getByText(`Step ${steps}:`).waitFor()
  })
  let most = await nodes(page)
  const streamed = await work(async () => {
    for (let n = 0; n < 100; n++) await host.live(session, 't1', steps + 1, 'reply', `word ${n} `)
    await page.getByText('word 99').waitFor()
  })
  const scrolled = await work(async () => {
    for (let n = 0; n < 40; n++) {
      await page.evaluate(() => document.querySelector('.scroller')!.scrollBy(0, -400))
      await frames(page)
      most = Math.max(most, await nodes(page))
    }
  })
  expect(complaints).toEqual([])
  await page.context().close()
  return { opened, streamed, scrolled, nodes: most }
}

test('10,000 steps are drawn with as few elements as a hundred', async () => {
  const short = await measure(100)
  const long = await measure(10_000)
  const line = (name: keyof Measured) => `${name} ${short[name].toFixed(0)} / ${long[name].toFixed(0)}`
  console.log(
    `100 / 10,000 steps: ${(['opened', 'streamed', 'scrolled'] as const).map(line).join(' ms, ')} ms, ${line('nodes')}`,
  )
  expect(long.nodes).toBeLessThan(1_500)
  expect(long.nodes).toBeLessThan(short.nodes * 1.5)
})

test('opening 10,000 steps reads one page of the log', async () => {
  const { page, host, session } = await conversationOf(10_000)
  await page.locator('.empty').waitFor()
  await host.tell({ type: 'show', session })
  await page.getByText('Step 10000:').waitFor()
  await frames(page)
  expect(host.asked('session/subscribe')).toEqual([{ session }])
  expect(host.asked('session/history')).toEqual([])
  await page.context().close()
})

test('a panel that stays open keeps a bounded part of what streamed through it', async () => {
  const { page, host, session } = await conversationOf(10)
  await host.tell({ type: 'show', session })
  await page.getByText('Step 10:').waitFor()
  const more = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) =>
      step('t1', from + n, `Step ${from + n}`, [run('c', 'true', '', 'ok')]),
    ).flat()
  for (let from = 11; from < 3_000; from += 300) await host.emit(session, ...more(from, from + 300))
  await page.getByText('Step 3010', { exact: true }).first().waitFor()
  const before = host.asked('session/history').length
  await page.locator('.scroller').press('Home')
  // What was let go is read again from the log, page by page, as it is scrolled to.
  await eventually(() => host.asked('session/history').length).toBeGreaterThan(before)
  await page.context().close()
})

test('an idle panel does nothing: no timers, no frames, no animation', async () => {
  const { page, host, complaints } = await pages.open({
    prepare: (host) => {
      const session = host.createSession('Done')
      for (const event of [...fixTheTest('t1'), { type: 'taskCompleted', task: 't1' } as const])
        host.record(session, event)
      host.view = { ...host.view, session }
    },
  })
  await page.locator('.end').waitFor()
  await frames(page)
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable')
  const work = async () => {
    const { metrics } = await client.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  }
  const before = { calls: await calls(page), work: await work() }
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const after = { calls: await calls(page), work: await work() }
  expect(after.calls).toEqual(before.calls)
  expect(after.calls.setInterval).toBe(0)
  expect(after.work['RecalcStyleCount']).toBe(before.work['RecalcStyleCount'])
  expect(after.work['LayoutCount']).toBe(before.work['LayoutCount'])
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
  const busy = (after.work['TaskDuration']! - before.work['TaskDuration']!) * 1_000
  console.log(`idle for 2 s: ${busy.toFixed(1)} ms of work`)
  expect(host.requests.length).toBeLessThan(5)
  expect(complaints).toEqual([])
  await page.context().close()
})

/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type ChatPages, chatPages } from './support/chatPage.ts'
import { checkChat } from './support/checkChat.ts'
import { frames, scrollEnd } from './support/frames.ts'
import { begin, run, step } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

const distanceFromEnd = (page: Page) =>
  page.evaluate(() => {
    const box = document.querySelector('.scroller')!
    return Math.round(box.scrollHeight - box.clientHeight - box.scrollTop)
  })
const firstInView = (page: Page) =>
  page.evaluate(() => {
    const edge = document.querySelector('.scroller')!.getBoundingClientRect().top
    const row = [...document.querySelectorAll<HTMLElement>('.row')].find(
      (element) => element.getBoundingClientRect().bottom > edge,
    )!
    return { key: row.dataset['key'], y: Math.round(row.getBoundingClientRect().top) }
  })

describe('the view keeps still', () => {
  const long = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      step('t1', n + 1, `Step ${n + 1}`, [run(`c${n}`, `echo ${n}`, 'out', 'exit 0')]),
    ).flat()

  test('at the end it follows what streams in', () =>
    checkChat(
      pages,
      [...begin('t1', 'Go'), ...long(20), { type: 'stepStarted', task: 't1', step: 21 }],
      async ({ page, host, session }) => {
        await eventually(() => distanceFromEnd(page)).toBe(0)
        for (let line = 0; line < 30; line++) {
          await host.live(session, 't1', 21, 'reply', `Line ${line} of what streams in.\n\n`)
          await frames(page)
          expect(await distanceFromEnd(page)).toBe(0)
        }
      },
    ))

  test('anywhere else nothing moves, and a button leads back', () =>
    checkChat(
      pages,
      [...begin('t1', 'Go'), ...long(30), { type: 'stepStarted', task: 't1', step: 31 }],
      async ({ page, host, session }) => {
        await page.locator('.scroller').hover()
        await page.mouse.wheel(0, -500)
        await page.getByRole('button', { name: 'To the end' }).waitFor()
        await scrollEnd(page)
        const seen = await firstInView(page)
        for (let line = 0; line < 10; line++) await host.live(session, 't1', 31, 'reply', `Line ${line}.\n\n`)
        await host.emit(session, ...step('t1', 32, 'And another.'))
        const back = page.getByRole('button', { name: 'New messages' })
        await back.waitFor()
        expect(await firstInView(page)).toEqual(seen)
        await back.click()
        await eventually(() => distanceFromEnd(page)).toBe(0)
        await page.locator('.reply').getByText('And another.').waitFor()
      },
    ))

  test('older pages load while scrolling up, without a jump', () =>
    checkChat(pages, [...begin('t1', 'Go'), ...long(150)], async ({ page, host }) => {
      await page.locator('.scroller').hover()
      const seen = new Set<string>()
      for (let turn = 0; turn < 200 && !seen.has('prompt'); turn++) {
        const anchor = await page.evaluate(() => {
          const box = document.querySelector('.scroller')!
          const top = box.getBoundingClientRect().top
          const row = [...document.querySelectorAll<HTMLElement>('.row')].find(
            (element) => element.getBoundingClientRect().top > top + 300,
          )
          return row && { key: row.dataset['key']!, y: row.getBoundingClientRect().top }
        })
        await page.evaluate(() => document.querySelector('.scroller')!.scrollBy(0, -300))
        await frames(page)
        const y = await page.evaluate(
          (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.getBoundingClientRect().top,
          anchor!.key,
        )
        const atStart = await page.evaluate(() => document.querySelector('.scroller')!.scrollTop < 1)
        if (!atStart && y !== undefined) expect(Math.abs(y - anchor!.y - 300)).toBeLessThan(2)
        if (await page.locator('.prompt').count()) seen.add('prompt')
      }
      expect(seen).toEqual(new Set(['prompt']))
      expect(host.asked('session/history').length).toBeGreaterThan(1)
      const keys = await page
        .locator('.row')
        .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['key']))
      expect(new Set(keys).size).toBe(keys.length)
    }))

  test('unfolding a call at the end leaves it where it is', () =>
    checkChat(
      pages,
      [
        ...begin('t1', 'Go'),
        ...long(20),
        ...step('t1', 21, 'Last', [run('big', 'cat big', 'line\n'.repeat(400), 'exit 0')]),
      ],
      async ({ page }) => {
        await eventually(() => distanceFromEnd(page)).toBe(0)
        const call = page.getByRole('button', { name: /cat big/ })
        const before = (await call.boundingBox())!.y
        await call.click()
        await page.getByRole('region', { name: 'Output' }).waitFor()
        await frames(page)
        expect(Math.abs((await call.boundingBox())!.y - before)).toBeLessThan(2)
        expect(await call.getAttribute('aria-expanded')).toBe('true')
      },
    ))
})

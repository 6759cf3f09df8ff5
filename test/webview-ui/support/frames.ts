/// <reference lib="dom" />
import type { Page } from 'playwright-core'

/** What was done is drawn, and the events that come with it were heard. */
export const frames = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))))

/** The scroll position has not moved for ten frames. */
export const scrollEnd = (page: Page) =>
  page.evaluate(async () => {
    const box = document.querySelector('.scroller')!
    for (let still = 0, last = -1; still < 10; still++) {
      if (box.scrollTop !== last) still = 0
      last = box.scrollTop
      await new Promise(requestAnimationFrame)
    }
  })

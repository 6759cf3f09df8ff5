/// <reference lib="dom" />
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type ChatPages, chatPages } from './support/chatPage.ts'
import { frames, scrollEnd } from './support/frames.ts'
import { askForNetwork, fixTheTest } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

const inTheMiddle = () =>
  pages.open({
    prepare: (host) => {
      const session = host.createSession('Fix the failing test')
      for (const event of [...fixTheTest('t1'), ...askForNetwork(session, 't1', 5, 'npm install')]) {
        host.record(session, event)
      }
      host.record(session, { type: 'taskSubmitted', task: 't2', prompt: 'Next' })
      host.view = { ...host.view, session }
    },
  })

test('everything that can be used has a name, and landmarks tell the parts', async () => {
  const { page } = await inTheMiddle()
  await page.locator('.approval').waitFor()
  for (const fold of await page.locator('.fold').all()) await fold.click()
  const client = await page.context().newCDPSession(page)
  const { nodes } = await client.send('Accessibility.getFullAXTree')
  const usable = new Set(['button', 'link', 'textbox', 'region', 'dialog'])
  const shown = nodes.filter((node) => !node.ignored && usable.has(String(node.role?.value)))
  expect(shown.length).toBeGreaterThan(20)
  expect(shown.filter((node) => !node.name?.value).map((node) => node.role?.value)).toEqual([])
  for (const role of ['banner', 'main', 'contentinfo'] as const) expect(await page.getByRole(role).count()).toBe(1)
  await page.context().close()
})

test('what is new is told once: questions at once, messages when they are finished', async () => {
  const { page, host } = await inTheMiddle()
  const log = page.getByRole('log')
  await eventually(() => page.locator('[aria-live=assertive]').textContent()).toContain('Your approval is asked for')
  expect(await log.textContent()).toBe('')
  const [session] = host.sessions.keys()
  await host.emit(session!, {
    type: 'approvalAnswered',
    approval: 'approval-5',
    task: 't1',
    outcome: { type: 'allowOnce' },
    by: 'Ada',
  })
  await host.emit(session!, { type: 'stepStarted', task: 't1', step: 6 })
  await host.live(session!, 't1', 6, 'reply', 'All is')
  await page.locator('.reply').getByText('All is').waitFor()
  expect(await log.textContent()).toBe('')
  await host.emit(session!, { type: 'modelReplied', task: 't1', step: 6, text: 'All is well.', calls: [] })
  await eventually(() => log.textContent()).toBe('All is well.')
  expect(await page.locator('[aria-live=assertive]').textContent()).toBe('')
  await page.context().close()
})

test('Tab reaches everything in the order it is seen, with a visible focus', async () => {
  const { page } = await inTheMiddle()
  await eventually(() => page.getByRole('button', { name: 'Allow once' }).isEnabled()).toBe(true)
  await page.locator('.picker').focus()
  const names: string[] = []
  for (let turn = 0; turn < 60 && !names.includes('Prompt'); turn++) {
    await page.keyboard.press('Tab')
    // What comes into view by it is shown with the next frame: at the end of the list, a button goes.
    await frames(page)
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const { outlineStyle, borderColor } = getComputedStyle(element.closest('.composer') ?? element)
      return {
        name: element.getAttribute('aria-label') ?? element.textContent ?? '',
        visible: outlineStyle !== 'none' || borderColor === 'rgb(0, 120, 212)',
      }
    })
    expect(focused.visible, `${focused.name} has the focus after ${names}`).toBe(true)
    names.push(focused.name.trim())
  }
  const order = [
    'New session',
    'Conversation',
    'Allow once',
    'Deny',
    'More…',
    'Review',
    'Keep all',
    'Discard all',
    'Remove from the queue: Next',
    'Prompt',
  ]
  expect(names.filter((name) => order.includes(name))).toEqual(order)
  await page.context().close()
})

test('a button that leads to the end and goes there took the keyboard with it: that goes on from the list', async () => {
  const { page } = await inTheMiddle()
  const scroller = page.getByRole('region', { name: 'Conversation' })
  await page.locator('.approval').waitFor()
  await scroller.press('Home')
  await scrollEnd(page)
  const toEnd = page.getByRole('button', { name: 'To the end' })
  await toEnd.press('Enter')
  await toEnd.waitFor({ state: 'detached' })
  await eventually(() => scroller.evaluate((list) => list === document.activeElement)).toBe(true)
  await page.keyboard.press('Home')
  await toEnd.waitFor()
  await page.context().close()
})

test('a whole task by keyboard: pick an example, send, answer, unfold, review', async () => {
  const { page, host } = await pages.open()
  host.on.submit = async (session, task, prompt) => {
    await host.emit(session, { type: 'taskStarted', task, prompt, model: 'Demo', resumed: false })
    await host.emit(session, ...fixTheTest(task).slice(2))
    await host.emit(session, ...askForNetwork(session, task, 5, 'npm install'))
  }
  await page.getByRole('button', { name: 'Fix the failing test' }).press('Enter')
  await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  await eventually(() => page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('Fix the failing test')
  await page.keyboard.press('Enter')
  const allow = page.getByRole('button', { name: 'Allow once' })
  await eventually(() => allow.isEnabled()).toBe(true)
  for (let turn = 0; turn < 20; turn++) {
    await page.keyboard.press('Shift+Tab')
    if (await allow.evaluate((button) => button === document.activeElement)) break
  }
  await page.keyboard.press('Space')
  await page.getByText('by Ada').waitFor()
  await page.getByRole('button', { name: /npm install/ }).press('Enter')
  await page.locator('.command', { hasText: 'npm install' }).waitFor()
  await page.getByRole('button', { name: 'Review' }).press('Enter')
  expect(host.commands).toEqual([{ name: 'reviewChanges', session: [...host.sessions.keys()][0] }])
  await page.context().close()
})

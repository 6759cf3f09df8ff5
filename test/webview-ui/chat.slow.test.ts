/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type ChatPages, chatPages } from './support/chatPage.ts'
import { checkChat, prompt } from './support/checkChat.ts'
import { begin } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

describe('a task from prompt to end', () => {
  test('makes the session, streams the reply, and ends', async () => {
    const { page, host, complaints } = await pages.open()
    host.on.submit = async (session, task, text) => {
      await host.emit(session, { type: 'taskStarted', task, prompt: text, model: 'Demo', resumed: false })
      await host.emit(session, { type: 'stepStarted', task, step: 1 })
      for (const part of ['Hello **wor', 'ld**, ', 'here is `src/a.js:3`.'])
        await host.live(session, task, 1, 'reply', part)
    }
    await page.getByRole('button', { name: 'Fix the failing test' }).click()
    await eventually(() => prompt(page).inputValue()).toBe('Fix the failing test')
    expect(host.asked('task/submit')).toEqual([])
    await prompt(page).press('Enter')

    await page.getByText('Hello world, here is src/a.js:3.').waitFor()
    expect(host.asked('session/create')).toEqual([{ folder: host.view.folder, title: 'Fix the failing test' }])
    expect(await page.locator('.reply strong').textContent()).toBe('world')
    expect(await page.getByRole('button', { name: 'Stop' }).isVisible()).toBe(true)

    const [session] = host.sessions.keys()
    const task = host.sessions.get(session!)!.state.tasks[0]!.id
    const before = await page.locator('.reply').elementHandle()
    await host.emit(
      session!,
      { type: 'modelReplied', task, step: 1, text: 'Hello **world**, here is `src/a.js:3`.', calls: [] },
      { type: 'taskCompleted', task },
    )
    await page.getByText('Done · ').waitFor()
    expect(await before!.evaluate((element) => element.isConnected)).toBe(true)
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0)
    expect(await page.locator('.spinner').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('a second prompt queues, can be taken back, and Ctrl+. stops', () =>
    checkChat(pages, begin('t1', 'First'), async ({ page, host }) => {
      await prompt(page).fill('Second\nwith two lines')
      await page.getByRole('button', { name: 'Queue' }).click()
      await page.locator('.queued').getByText('Second').waitFor()
      await page.getByRole('button', { name: /^Remove from the queue/ }).click()
      await eventually(() => page.locator('.queued').count()).toBe(0)
      await prompt(page).press('Control+.')
      await eventually(() => host.asked('task/cancel').length).toBe(2)
      expect(host.asked('task/cancel').at(-1)).toMatchObject({ task: 't1' })
    }))

  test('a failed task says why and how to go on', () =>
    checkChat(
      pages,
      [
        ...begin('t1', 'First'),
        {
          type: 'taskFailed',
          task: 't1',
          failure: { code: 'interrupted', message: 'The daemon was stopped.', fix: 'Resume it.' },
        },
      ],
      async ({ page, host }) => {
        await page.getByText('The daemon was stopped.').waitFor()
        await page.getByRole('button', { name: 'Resume' }).click()
        await page.getByRole('button', { name: 'Retry from the start' }).click()
        await eventually(() => host.asked('task/retry')).toEqual([expect.objectContaining({ task: 't1' })])
        expect(host.asked('task/resume')).toEqual([expect.objectContaining({ task: 't1' })])
      },
    ))

  test('offers the skills that can be named, takes one by Tab, by arrow and Enter or by the mouse, and sends otherwise', () =>
    checkChat(pages, [], async ({ page, host }) => {
      const all = ['fill-forms', 'find-prices', 'review'].map((name) => `/${name}`)
      host.on.names = (text) => {
        const typed = /\/[a-z-]*$/.exec(text)?.[0] ?? ''
        return all
          .filter((name) => name.startsWith(typed))
          .map((name) => ({ label: name, detail: `Does ${name}`, insert: name, replaces: typed.length }))
      }
      const list = page.getByRole('listbox', { name: 'Skills' })
      const options = () => list.getByRole('option').allTextContents()
      await prompt(page).pressSequentially('Use /fi')
      await eventually(async () => (await options()).length).toBe(2)
      await prompt(page).press('Tab')
      expect(await prompt(page).inputValue()).toBe('Use /fill-forms')
      await prompt(page).pressSequentially(' and (/')
      await eventually(async () => (await options()).length).toBe(3)
      await prompt(page).press('ArrowDown')
      await prompt(page).press('ArrowDown')
      expect(await list.getByRole('option', { selected: true }).textContent()).toContain('/find-prices')
      await prompt(page).press('Enter')
      expect(await prompt(page).inputValue()).toBe('Use /fill-forms and (/find-prices')
      await prompt(page).pressSequentially(') then /r')
      await list.getByRole('option', { name: '/review' }).click()
      expect(await prompt(page).inputValue()).toBe('Use /fill-forms and (/find-prices) then /review')
      await prompt(page).pressSequentially(' /r')
      await eventually(options).toHaveLength(1)
      await prompt(page).press('Escape')
      await eventually(() => list.count()).toBe(0)
      await prompt(page).pressSequentially('e')
      await eventually(options).toHaveLength(1)
      expect(host.asked('task/submit')).toEqual([])
      await prompt(page).press('Enter')
      await eventually(() => host.asked('task/submit').length).toBe(1)
      expect(host.asked('task/submit')).toMatchObject([
        { prompt: 'Use /fill-forms and (/find-prices) then /review /re' },
      ])
      await eventually(() => list.count()).toBe(0)
    }))

  test('a prompt that was not taken goes back into the composer', () =>
    checkChat(pages, [], async ({ page, host }) => {
      await page.locator('.empty').waitFor()
      host.refusals.set('task/submit', 'The disk is full.')
      await prompt(page).fill('Precious words')
      await prompt(page).press('Enter')
      await page.getByRole('alert').getByText('The disk is full.').waitFor()
      await eventually(() => prompt(page).inputValue()).toBe('Precious words')
      host.refusals.clear()
      await prompt(page).press('Enter')
      await page.locator('.prompt').getByText('Precious words').waitFor()
      const [first, second] = host.asked('task/submit') as { submission: string }[]
      expect(first!.submission).toBe(second!.submission)
      expect(await page.locator('.notice').count()).toBe(0)
    }))
})

describe('the mode', () => {
  test('of a session is shown, leads to the others, and its changes are told', () =>
    checkChat(pages, [{ type: 'modeChanged', mode: 'plan', by: 'policy' }], async ({ page, host, session }) => {
      await page.getByRole('button', { name: 'Mode: Plan. Set Session Mode…' }).click()
      await eventually(() => host.commands).toEqual([{ name: 'setMode' }])
      await host.emit(session, ...begin('t1', 'Go'), { type: 'modeChanged', mode: 'unattended', by: 'Ada' })
      await page.getByText('Mode: Unattended by Ada').waitFor()
      await page.getByRole('button', { name: 'Mode: Unattended. Set Session Mode…' }).waitFor()
    }))
})

describe('what was missed is fetched', () => {
  test('a gap in the events, or in live text, leads to a new subscription and one whole conversation', () =>
    checkChat(
      pages,
      [...begin('t1', 'Go'), { type: 'stepStarted', task: 't1', step: 1 }],
      async ({ page, host, session }) => {
        host.record(session, { type: 'modelReplied', task: 't1', step: 1, text: 'Missed words', calls: [] })
        await host.emit(session, { type: 'stepStarted', task: 't1', step: 2 })
        await page.locator('.reply').getByText('Missed words').waitFor()
        expect(host.asked('session/subscribe')).toEqual([{ session }, { session, after: 4 }])

        host.sessions.get(session)!.live.set('reply', { task: 't1', step: 2, part: 'reply', text: 'The beginning, ' })
        await host.live(session, 't1', 2, 'reply', 'the end')
        await page.locator('.reply').getByText('The beginning, the end').waitFor()
        expect(await page.locator('.reply').getByText('Missed words').count()).toBe(1)
      },
    ))

  test('a daemon that comes back is asked from where the page was', () =>
    checkChat(pages, [...begin('t1', 'Go')], async ({ page, host, session }) => {
      await host.setView({ connection: { failed: 'It ended.', fix: 'Start it again.' } })
      await page.getByText('It ended.').waitFor()
      await page.getByRole('button', { name: 'Retry', exact: true }).click()
      expect(host.commands).toEqual([{ name: 'retryConnection' }])
      host.record(session, { type: 'taskCancelled', task: 't1', by: 'a restart' })
      await host.setView({ connection: 'connected' })
      await page.getByText('Stopped by a restart').waitFor()
      expect(host.asked('session/subscribe').at(-1)).toEqual({ session, after: 3 })
      expect(await page.locator('.prompt').count()).toBe(1)
    }))

  test('an unsent draft survives a reload', () =>
    checkChat(pages, begin('t1', 'Go'), async ({ page }) => {
      await prompt(page).fill('Half a thought')
      await page.reload()
      await eventually(() => prompt(page).inputValue()).toBe('Half a thought')
      await page.locator('.prompt').waitFor()
    }))
})

describe('sessions', () => {
  test('are opened, renamed and deleted from the menu, by keyboard', async () => {
    const { page, host, complaints } = await pages.open({
      prepare: (host) => {
        for (const title of ['One', 'Two', 'Three']) host.createSession(title)
      },
    })
    const picker = page.getByRole('button', { name: 'New session' }).first()
    await picker.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Three')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Second')
    await page.keyboard.press('Enter')
    await page.locator('.session').getByText('Second').waitFor()
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Second')
    expect(host.asked('session/rename')).toEqual([{ session: 'session-2', title: 'Second' }])

    await page.getByRole('button', { name: 'Delete One' }).click()
    expect(host.asked('session/delete')).toEqual([])
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await eventually(() => host.asked('session/delete')).toEqual([{ session: 'session-1' }])
    await eventually(() => page.locator('.session').count()).toBe(2)

    await page.locator('.session-open', { hasText: 'Second' }).click()
    await eventually(() => host.shown).toEqual(['session-2'])
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

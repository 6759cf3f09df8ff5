/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type ChatPages, chatPages } from './support/chatPage.ts'
import { checkChat, prompt } from './support/checkChat.ts'
import { frames } from './support/frames.ts'
import { askForNetwork, begin, fixTheTest, grave } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

describe('an approval', () => {
  const asking = [...begin('t1', 'Go'), ...askForNetwork('s', 't1', 1, 'npm install')]

  const rules = grave.proposals!
  const more = (page: Page) => page.getByRole('button', { name: 'More…' }).click()
  /** As a person does it: looks for the button first, and presses it when it stands still. */
  const press = async (page: Page, name: string) => {
    const button = page.getByRole('button', { name, exact: true })
    await button.scrollIntoViewIfNeeded()
    await frames(page)
    await eventually(() => button.isEnabled()).toBe(true)
    await button.click()
  }

  test.each([
    ['Allow once', { type: 'allowOnce' }],
    ['Deny', { type: 'deny' }],
  ])('is answered by %s, once', async (name, outcome) => {
    await checkChat(pages, asking, async ({ page, host }) => {
      await page.getByRole('button', { name, exact: true }).click()
      await page.getByText('by Ada').waitFor()
      expect(host.asked('approval/answer')).toEqual([{ approval: 'approval-1', outcome }])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
    })
  })

  const destroying = [...begin('t1', 'Go'), ...askForNetwork('s', 't1', 1, 'npm run clean && sudo rm -rf build', grave)]

  test.each([
    ['Allow for this session', { type: 'allowForSession', rules }],
    ['Allow in this workspace', { type: 'allowForWorkspace', rules }],
    ['Allow everywhere', { type: 'allowForUser', rules }],
    ['Deny and end the task', { type: 'abort' }],
  ])('More… offers: %s', async (name, outcome) => {
    await checkChat(pages, destroying, async ({ page, host }) => {
      await more(page)
      await press(page, name)
      await page.getByText('by Ada').waitFor()
      expect(host.asked('approval/answer')).toEqual([{ approval: 'approval-1', outcome }])
    })
  })

  test('grants the rules that stand there, as they were changed or left out', () =>
    checkChat(pages, destroying, async ({ page, host }) => {
      await more(page)
      const first = page.getByRole('textbox', { name: 'Rule 1 of 2' })
      await eventually(() => first.inputValue()).toBe('{"verdict":"allow","program":["npm","run","clean"]}')
      await page.getByText('Allows deleting build/**.').waitFor()
      const grant = page.getByRole('button', { name: 'Allow in this workspace' })
      await first.fill('{"verdict":"deny","program":["npm"]}')
      await page.getByText('A grant only allows').waitFor()
      expect(await grant.isDisabled()).toBe(true)
      await first.fill('{"verdict":"allow","program":["npm","run"]}')
      await page.getByText('Allows npm run, whatever follows these words.').waitFor()
      await page.getByRole('textbox', { name: 'Rule 2 of 2' }).fill('')
      await press(page, 'Allow in this workspace')
      await page.getByText('by Ada').waitFor()
      const granted = [{ verdict: 'allow', program: ['npm', 'run'] }]
      expect(host.asked('approval/answer')).toEqual([
        { approval: 'approval-1', outcome: { type: 'allowForWorkspace', rules: granted } },
      ])
    }))

  const wanted = { type: 'connect', host: 'registry.example', port: 8443, command: 'npm install' } as const
  const hostRule = { verdict: 'allow', host: 'registry.example', ports: [8443] } as const

  test('of a host shows its rule, which can be changed before it is granted for as long as one likes', () =>
    checkChat(
      pages,
      [
        ...begin('t1', 'Go'),
        ...askForNetwork('s', 't1', 1, '', {
          tool: 'network',
          action: wanted,
          proposals: [{ ...hostRule, ports: [8443] }],
        }),
      ],
      async ({ page, host }) => {
        await more(page)
        const rule = page.getByRole('textbox', { name: 'Rule' })
        await eventually(() => rule.inputValue()).toBe(JSON.stringify(hostRule))
        await page.getByText('Allows reaching registry.example on port 8443.').waitFor()
        await rule.fill('{"verdict":"allow","host":"*.example"}')
        await page.getByText('Allows reaching *.example.').waitFor()
        await press(page, 'Allow in this workspace')
        await page.getByText('by Ada').waitFor()
        const rules = [{ verdict: 'allow', host: '*.example' }]
        expect(host.asked('approval/answer')).toEqual([
          { approval: 'approval-1', outcome: { type: 'allowForWorkspace', rules } },
        ])
      },
    ))

  test('of a host that a rule asks about allows just it, and for the session only', () =>
    checkChat(
      pages,
      [...begin('t1', 'Go'), ...askForNetwork('s', 't1', 1, '', { tool: 'network', action: wanted })],
      async ({ page, host }) => {
        await more(page)
        await page
          .getByText('may reach registry.example on port 8443, also where a rule says that you are asked')
          .waitFor()
        expect(await page.getByRole('button', { name: /^Allow (in|every)/ }).count()).toBe(0)
        await press(page, 'Allow for this session')
        await page.getByText('by Ada').waitFor()
        expect(host.asked('approval/answer')).toEqual([
          { approval: 'approval-1', outcome: { type: 'allowForSession' } },
        ])
      },
    ))

  test('for which no rule is offered is allowed once or not at all', () =>
    checkChat(pages, asking, async ({ page }) => {
      await more(page)
      await page.getByText('No rule is offered for this').waitFor()
      expect(await page.getByRole('button', { name: /^Allow/ }).count()).toBe(1)
    }))

  test('B9: tells what was found out, apart from what the agent claims', () =>
    checkChat(pages, destroying, async ({ page }) => {
      const told = page.locator('.facts-list').locator('dt, dd > button, li, dd:not(:has(ul))')
      const facts = (await told.allTextContents()).join(' ')
      for (const fact of [
        'Runs npm run clean sudo → rm -rf build …',
        'Deletes build and all below',
        'Writes /var/cache/shop/0',
        '2 more',
        'Reaches registry.example',
        'Takes orders from package.json',
        'A word is only known when it runs.',
        'Effect changes files',
      ]) {
        expect(facts).toContain(fact)
      }
      expect(facts.match(/Deletes folders/g)).toHaveLength(1)
      expect(facts).not.toContain('Refreshes package-lock.json')
      await page.locator('.claim').getByText('Refreshes package-lock.json').waitFor()
      await page.getByText('can take this back').waitFor()
      await page.getByText('34 characters, all shown.').waitFor()
    }))

  test('a command is run as it was changed, with the rest of the call as it was', () =>
    checkChat(pages, asking, async ({ page, host }) => {
      await more(page)
      await page.getByRole('button', { name: 'Change the command…' }).click()
      const field = page.getByRole('textbox', { name: 'The command that runs instead' })
      const allow = page.getByRole('button', { name: 'Allow this command once' })
      await eventually(() => field.inputValue()).toBe('npm install')
      expect(await allow.isDisabled()).toBe(true)
      await field.fill('npm ci\u200b')
      await field.press('Enter')
      await page.locator('.answer-form .exact').getByText('npm ci⟨U+200B⟩').waitFor()
      await field.fill('npm ci')
      await allow.click()
      await page.getByText('by Ada').waitFor()
      const [answer] = host.asked('approval/answer') as { outcome: { type: string; arguments: string } }[]
      expect(answer!.outcome.type).toBe('allowWithInput')
      expect(JSON.parse(answer!.outcome.arguments)).toEqual({ command: 'npm ci', network: true })
    }))

  test('B4: moving under the hand that clicks is not answered', () =>
    checkChat(
      pages,
      [...fixTheTest('t0'), { type: 'taskCompleted', task: 't0' }, ...asking],
      async ({ page, host }) => {
        const allow = page.getByRole('button', { name: 'Allow once' })
        await eventually(() => allow.isEnabled()).toBe(true)
        // From here on the moment after a move lasts for as long as this test.
        await page.evaluate(() => {
          const { setTimeout } = window
          window.setTimeout = ((run: () => void, ms: number) =>
            ms === 500 ? 0 : setTimeout(run, ms)) as typeof setTimeout
        })
        await page.evaluate(() => {
          const card = document.querySelector<HTMLElement>('.approval')!
          card.closest<HTMLElement>('.row')!.style.marginTop = '30px'
          card.querySelector<HTMLElement>('.primary')!.click()
        })
        await eventually(() => allow.isDisabled()).toBe(true)
        await allow.dispatchEvent('click')
        await allow.press('Enter')
        expect(host.asked('approval/answer')).toEqual([])
      },
    ))

  test('B4: a click that brings the window to the front does not answer; the next one does', () =>
    checkChat(pages, asking, async ({ page, host }) => {
      const allow = page.getByRole('button', { name: 'Allow once' })
      await eventually(() => allow.isEnabled()).toBe(true)
      await host.setView({ focused: false })
      await eventually(() => allow.isEnabled()).toBe(true)
      await allow.click()
      await host.setView({ focused: true })
      expect(host.asked('approval/answer')).toEqual([])
      await allow.click()
      await page.getByText('by Ada').waitFor()
    }))

  test('that nobody asks any more says so when it is answered', () =>
    checkChat(pages, asking, async ({ page, host }) => {
      host.refusals.set('approval/answer', 'This approval was already answered (deny, by another window).')
      await page.getByRole('button', { name: 'Allow once' }).click()
      await page.getByRole('alert').getByText('already answered').waitFor()
    }))

  test('is denied with guidance, which outlives being scrolled away', () =>
    checkChat(
      pages,
      [...fixTheTest('t0'), { type: 'taskCompleted', task: 't0' }, ...asking],
      async ({ page, host }) => {
        await more(page)
        await page.getByRole('button', { name: 'Deny with guidance…' }).click()
        const field = page.getByRole('textbox', { name: /^What the agent should do instead/ })
        await field.fill('Use what is there')
        await page.evaluate(() => document.querySelector('.scroller')!.scrollTo(0, 0))
        await page.evaluate(() => document.querySelector('.scroller')!.scrollTo(0, 1e6))
        await press(page, 'Deny')
        await page.getByText('“Use what is there”').waitFor()
        expect(host.asked('approval/answer')).toEqual([
          { approval: 'approval-1', outcome: { type: 'deny', guidance: 'Use what is there' } },
        ])
      },
      { height: 420 },
    ))

  test('B4: is not answered by Enter in the composer, nor by a click or key as it appears', () =>
    checkChat(pages, begin('t1', 'Go'), async ({ page, host, session }) => {
      await prompt(page).focus()
      // The moment in which it cannot be answered yet lasts for as long as this test.
      await page.evaluate(() => {
        const { setTimeout } = window
        window.setTimeout = ((run: () => void, ms: number) =>
          ms === 500 ? 0 : setTimeout(run, ms)) as typeof setTimeout
      })
      await host.emit(session, ...askForNetwork(session, 't1', 1, 'npm install'))
      const allow = page.getByRole('button', { name: 'Allow once' })
      await allow.waitFor()
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
      await allow.dispatchEvent('click')
      await allow.focus()
      await page.keyboard.press('Enter')
      await prompt(page).focus()
      await page.keyboard.press('Enter')
      await prompt(page).fill('yes')
      await page.keyboard.press('Enter')
      await page.locator('.queued').getByText('yes').waitFor()
      expect(host.asked('approval/answer')).toEqual([])
    }))

  test('B5: that was answered elsewhere can no longer be answered here', () =>
    checkChat(pages, asking, async ({ page, host, session }) => {
      await page.getByRole('button', { name: 'Allow once' }).waitFor()
      await host.emit(session, {
        type: 'approvalAnswered',
        approval: 'approval-1',
        task: 't1',
        outcome: { type: 'allowOnce' },
        by: 'another window',
      })
      await page.getByText('by another window').waitFor()
      expect(await page.getByRole('button', { name: 'Allow once' }).count()).toBe(0)
      expect(host.asked('approval/answer')).toEqual([])
    }))

  test('shows the whole action before it can be allowed', () =>
    checkChat(
      pages,
      [...begin('t1', 'Go'), ...askForNetwork('s', 't1', 1, `echo ${'a'.repeat(6_000)}; rm -rf ~`)],
      async ({ page }) => {
        const allow = page.getByRole('button', { name: 'Allow once' })
        await eventually(() => page.getByRole('button', { name: 'Deny' }).isEnabled()).toBe(true)
        expect(await allow.isDisabled()).toBe(true)
        await page.getByRole('button', { name: /^Show all/ }).click()
        expect(await page.locator('.exact').textContent()).toContain('; rm -rf ~')
        await eventually(() => allow.isEnabled()).toBe(true)
      },
    ))
})

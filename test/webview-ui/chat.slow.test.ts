/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionEvent } from '#protocol/event.ts'
import { eventually } from '../support/eventually.ts'
import { type ChatPage, type ChatPages, chatPages } from './support/chatPage.ts'
import { frames, scrollEnd } from './support/frames.ts'
import type { ScriptedHost } from './support/scriptedHost.ts'
import { askForNetwork, begin, fixTheTest, grave, run, step } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

/** Opens a page on a session with these events, and checks at the end that the browser had nothing to complain of. */
async function check(
  events: readonly SessionEvent[],
  work: (chat: ChatPage & { session: string }) => Promise<void>,
  options: { width?: number; height?: number } = {},
) {
  let session = ''
  const prepare = (host: ScriptedHost) => {
    session = host.createSession('A session')
    for (const event of events) host.record(session, event)
    host.view = { ...host.view, session }
  }
  const chat = await pages.open({ ...options, prepare })
  try {
    if (events.some(({ type }) => type !== 'modeChanged')) await chat.page.waitForSelector('.row')
    await work({ ...chat, session })
    expect(chat.complaints).toEqual([])
    expect(chat.foreign).toEqual([])
  } finally {
    await chat.page.context().close()
  }
}

const prompt = (page: Page) => page.getByRole('textbox', { name: 'Prompt' })
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
    check(begin('t1', 'First'), async ({ page, host }) => {
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
    check(
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
    check([], async ({ page, host }) => {
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
    check([], async ({ page, host }) => {
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
    await check(asking, async ({ page, host }) => {
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
    await check(destroying, async ({ page, host }) => {
      await more(page)
      await press(page, name)
      await page.getByText('by Ada').waitFor()
      expect(host.asked('approval/answer')).toEqual([{ approval: 'approval-1', outcome }])
    })
  })

  test('grants the rules that stand there, as they were changed or left out', () =>
    check(destroying, async ({ page, host }) => {
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
    check(
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
    check(
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
    check(asking, async ({ page }) => {
      await more(page)
      await page.getByText('No rule is offered for this').waitFor()
      expect(await page.getByRole('button', { name: /^Allow/ }).count()).toBe(1)
    }))

  test('B9: tells what was found out, apart from what the agent claims', () =>
    check(destroying, async ({ page }) => {
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
    check(asking, async ({ page, host }) => {
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
    check([...fixTheTest('t0'), { type: 'taskCompleted', task: 't0' }, ...asking], async ({ page, host }) => {
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
    }))

  test('B4: a click that brings the window to the front does not answer; the next one does', () =>
    check(asking, async ({ page, host }) => {
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
    check(asking, async ({ page, host }) => {
      host.refusals.set('approval/answer', 'This approval was already answered (deny, by another window).')
      await page.getByRole('button', { name: 'Allow once' }).click()
      await page.getByRole('alert').getByText('already answered').waitFor()
    }))

  test('is denied with guidance, which outlives being scrolled away', () =>
    check(
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
    check(begin('t1', 'Go'), async ({ page, host, session }) => {
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
    check(asking, async ({ page, host, session }) => {
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
    check(
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

describe('the mode', () => {
  test('of a session is shown, leads to the others, and its changes are told', () =>
    check([{ type: 'modeChanged', mode: 'plan', by: 'policy' }], async ({ page, host, session }) => {
      await page.getByRole('button', { name: 'Mode: Plan. Set Session Mode…' }).click()
      await eventually(() => host.commands).toEqual([{ name: 'setMode' }])
      await host.emit(session, ...begin('t1', 'Go'), { type: 'modeChanged', mode: 'unattended', by: 'Ada' })
      await page.getByText('Mode: Unattended by Ada').waitFor()
      await page.getByRole('button', { name: 'Mode: Unattended. Set Session Mode…' }).waitFor()
    }))
})

describe('the view keeps still', () => {
  const long = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      step('t1', n + 1, `Step ${n + 1}`, [run(`c${n}`, `echo ${n}`, 'out', 'exit 0')]),
    ).flat()

  test('at the end it follows what streams in', () =>
    check(
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
    check(
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
    check([...begin('t1', 'Go'), ...long(150)], async ({ page, host }) => {
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
    check(
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

describe('what was missed is fetched', () => {
  test('a gap in the events, or in live text, leads to a new subscription and one whole conversation', () =>
    check([...begin('t1', 'Go'), { type: 'stepStarted', task: 't1', step: 1 }], async ({ page, host, session }) => {
      host.record(session, { type: 'modelReplied', task: 't1', step: 1, text: 'Missed words', calls: [] })
      await host.emit(session, { type: 'stepStarted', task: 't1', step: 2 })
      await page.locator('.reply').getByText('Missed words').waitFor()
      expect(host.asked('session/subscribe')).toEqual([{ session }, { session, after: 4 }])

      host.sessions.get(session)!.live.set('reply', { task: 't1', step: 2, part: 'reply', text: 'The beginning, ' })
      await host.live(session, 't1', 2, 'reply', 'the end')
      await page.locator('.reply').getByText('The beginning, the end').waitFor()
      expect(await page.locator('.reply').getByText('Missed words').count()).toBe(1)
    }))

  test('a daemon that comes back is asked from where the page was', () =>
    check([...begin('t1', 'Go')], async ({ page, host, session }) => {
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
    check(begin('t1', 'Go'), async ({ page }) => {
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

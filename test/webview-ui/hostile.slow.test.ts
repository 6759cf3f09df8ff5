/// <reference lib="dom" />
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionEvent } from '#protocol/event.ts'
import { eventually } from '../support/eventually.ts'
import { type ChatPages, chatPages } from './support/chatPage.ts'
import { askForNetwork, begin, run, step } from './support/story.ts'

let pages: ChatPages
beforeAll(async () => {
  pages = await chatPages()
})
afterAll(() => pages.close())

const payload = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '</script><script>window.pwned=1</script>',
  '<svg onload="window.pwned=1"><style>body{display:none}</style>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<a href="javascript:window.pwned=1">a</a>',
  '[click](javascript:window.pwned=1)',
  '[click](command:workbench.action.terminal.new)',
  '[click](data:text/html,<script>1</script>)',
  '[github.com](https://evil.example/login)',
  '![tracker](https://evil.example/pixel.png)',
  '<https://evil.example/auto>',
  ['$', '{window.pwned=1} {{window.pwned=1}}'].join(''),
  '$$\\href{javascript:window.pwned=1}{x}$$',
  '\u001B[2J\u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007',
  'safe\u202Egpj.exe',
  '`constructor` `__proto__` `toString`',
].join('\n\n')

/** The same payload in every place that text from outside can come to. */
function everywhere(session: string): SessionEvent[] {
  return [
    { type: 'sessionRenamed', title: payload },
    ...begin('t1', payload),
    { type: 'stepStarted', task: 't1', step: 1 },
    {
      type: 'modelRetried',
      task: 't1',
      step: 1,
      attempt: 1,
      reason: { code: 'modelError', message: payload },
      delayMs: 1,
    },
    ...step('t1', 1, payload, [
      run('c1', payload, payload, payload),
      {
        id: '__proto__',
        tool: 'constructor',
        args: { path: payload },
        action: { type: 'unknown', tool: payload, arguments: payload },
        output: payload,
        summary: payload,
      },
    ]).slice(1),
    { type: 'changesChanged', revision: 1, files: 1, additions: 1, deletions: 0, paths: [payload] },
    { type: 'changeKept', path: payload, by: payload },
    ...askForNetwork(session, 't1', 2, payload).map((event) =>
      event.type === 'approvalAsked'
        ? { ...event, approval: { ...event.approval, claim: payload, reason: payload } }
        : event,
    ),
  ]
}

test('D9: whatever comes from outside stays text: nothing runs, loads or opens by itself', async () => {
  const { page, host, complaints, foreign } = await pages.open({
    height: 6_000,
    prepare: (host) => {
      const session = host.createSession('Hostile')
      for (const event of everywhere(session)) host.record(session, event)
      host.view = {
        ...host.view,
        session,
        model: { demo: false, baseUrl: payload, model: payload, hasKey: true },
        sandbox: { type: 'unavailable', kind: payload, why: payload, fix: payload },
      }
    },
  })
  await page.locator('.approval').waitFor()
  const reply = page.locator('.reply').first()
  expect(await reply.textContent()).toContain('<img src=x onerror="window.pwned=1">')
  expect(await reply.textContent()).toContain('github.com (evil.example)')
  expect(await reply.textContent()).toContain('safe⟨U+202E⟩gpj.exe')
  for (const fold of await page.locator('.fold').all()) await fold.click()
  const [session] = host.sessions.keys()
  for (const part of ['reply', 'reasoning']) await host.live(session!, 't1', 3, part, payload)
  await page.getByRole('button', { name: 'Hostile' }).or(page.locator('.picker')).first().click()
  await page.locator('.menu').waitFor()

  expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
  const allowed = await page.evaluate(() =>
    [...document.querySelectorAll('#root *')]
      .filter((element) => ['IMG', 'SCRIPT', 'IFRAME', 'STYLE', 'A', 'LINK', 'OBJECT'].includes(element.tagName))
      .map((element) => element.outerHTML),
  )
  expect(allowed).toEqual([])
  const handlers = await page.evaluate(() =>
    [...document.querySelectorAll('#root *')].flatMap((element) =>
      [...element.attributes]
        .filter(({ name }) => name.startsWith('on') || name === 'href' || name === 'src')
        .map(String),
    ),
  )
  expect(handlers).toEqual([])
  expect(host.commands).toEqual([])
  expect(foreign).toEqual([])
  expect(complaints).toEqual([])

  expect(await page.locator('.exact').textContent()).toContain('⟨U+001B⟩[2J')
  await page.context().close()
})

test('a link does only what the editor is asked for, and only for the web', async () => {
  const { page, host } = await pages.open({
    prepare: (host) => {
      const session = host.createSession('Links')
      const text = '[docs](https://example.com/a) [bad](javascript:alert(1)) `src/a.js:7` `../b.js`'
      for (const event of [...begin('t1', 'Go'), ...step('t1', 1, text)]) host.record(session, event)
      host.view = { ...host.view, session }
    },
  })
  const link = page.getByRole('link', { name: 'docs' })
  expect(await link.getAttribute('title')).toContain('example.com')
  await link.click()
  await page.getByText('bad').click()
  await page.getByRole('link', { name: 'src/a.js:7' }).press('Enter')
  await page.getByText('../b.js').click()
  expect(host.commands).toEqual([
    { name: 'openLink', url: 'https://example.com/a' },
    { name: 'openFile', path: 'src/a.js', line: 7 },
  ])
  await page.context().close()
})

test('messages from a frame inside the page, or of no known kind, are not heard', async () => {
  const { page, host, complaints } = await pages.open()
  await page.locator('.empty').waitFor()
  await page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement('iframe'))
    const forged = { type: 'draft', text: 'forged' }
    window.dispatchEvent(new MessageEvent('message', { data: forged, source: frame.contentWindow! }))
    for (const data of [null, 'x', 1, [], { type: 'eval', code: '1' }, { type: '__proto__' }]) window.postMessage(data)
  })
  await host.tell({ type: 'draft', text: 'real' })
  await eventually(() => page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('real')
  expect(complaints).toEqual([])
  await page.context().close()
})

test('giant output is drawn in part, and more of it on request', async () => {
  const { page } = await pages.open({
    prepare: (host) => {
      const session = host.createSession('Giant')
      const output = 'a line of output\n'.repeat(60_000)
      for (const event of [...begin('t1', 'Go'), ...step('t1', 1, '', [run('c1', 'cat giant', output, 'exit 0')])]) {
        host.record(session, event)
      }
      host.view = { ...host.view, session }
    },
  })
  await page.getByRole('button', { name: /cat giant/ }).click()
  const output = page.getByRole('region', { name: 'Output' })
  expect((await output.textContent())!.length).toBe(20_000)
  await page.getByRole('button', { name: /^Show more/ }).click()
  await eventually(async () => (await output.textContent())!.length).toBe(120_000)
  await page.context().close()
})

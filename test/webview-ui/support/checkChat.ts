import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { SessionEvent } from '#protocol/event.ts'
import type { ChatPage, ChatPages } from './chatPage.ts'
import type { ScriptedHost } from './scriptedHost.ts'

/** Opens a page on a session with these events, and checks at the end that the browser had nothing to complain of. */
export async function checkChat(
  pages: ChatPages,
  events: readonly SessionEvent[],
  work: (chat: ChatPage & { session: string }) => Promise<void>,
  options: { width?: number; height?: number } = {},
): Promise<void> {
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

/** Where a prompt is written. */
export const prompt = (page: Page) => page.getByRole('textbox', { name: 'Prompt' })

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FrameLocator, Locator, Page } from 'playwright-core'
import { repository } from '../../../scripts/setup/places.mjs'

/** What a person does in VS Code's window: commands, notifications, views, pictures of it. */
export class Workbench {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** What a person does with "Reload Window". */
  async reload(): Promise<void> {
    const loaded = this.#page.waitForEvent('load')
    await this.run('Developer: Reload Window')
    await loaded
    await this.#page.locator('.monaco-workbench').waitFor()
  }

  /** Runs a command by its title in the palette. */
  async run(title: string): Promise<void> {
    const input = this.#page.locator('.quick-input-widget input[type=text]')
    const row = this.#page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first()
    // The palette lists what it knew when it was opened: while extensions are still being read, that may be too early. And
    // a key that is pressed while the focus moves reaches nobody.
    for (let attempt = 1; ; attempt++) {
      await this.#page.keyboard.press('F1')
      try {
        await input.fill(`>${title}`, { timeout: 5_000 })
        await row.waitFor({ timeout: 5_000 })
        return await input.press('Enter')
      } catch (error) {
        if (attempt === 6) throw error
        await this.#page.keyboard.press('Escape')
      }
    }
  }

  /** Types into the input box of this title once it is there (the palette before it has the same field), and accepts it. */
  async answer(title: string, text: string): Promise<void> {
    await this.#page.locator('.quick-input-title', { hasText: title }).waitFor()
    const input = this.#page.locator('.quick-input-widget input[type=text]')
    await input.fill(text)
    await input.press('Enter')
  }

  /** Opens the file whose path ends so. */
  async open(path: string): Promise<void> {
    const input = this.#page.locator('.quick-input-widget input[type=text]')
    const [name = '', folder = name] = path.split('/').reverse()
    const row = this.#page.locator('.quick-input-list .monaco-list-row', { hasText: folder }).first()
    // A file that has just been made may not be listed yet.
    for (let attempt = 1; ; attempt++) {
      await this.#page.keyboard.press('Control+p')
      await input.fill(path)
      try {
        await row.click({ timeout: 5_000 })
        break
      } catch (error) {
        if (attempt === 6) throw error
        await this.#page.keyboard.press('Escape')
      }
    }
    await this.#page.locator('.breadcrumbs-control', { hasText: folder }).waitFor()
  }

  /** Lines of the problems view with this text. */
  problem(text: string | RegExp): Locator {
    return this.#page.locator('.markers-panel [role=treeitem]', { hasText: text })
  }

  /** Offers of the completion list with this text. */
  suggestion(text: string | RegExp): Locator {
    return this.#page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text })
  }

  /** The notification that holds this text. */
  notification(text: string | RegExp): Locator {
    return this.#page.locator('.notification-list-item', { hasText: text })
  }

  /** The page inside a webview view. VS Code puts two frames around it. */
  webview(): FrameLocator {
    return this.#page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame')
  }

  /** A picture of the window in test/output/. */
  async picture(name: string): Promise<void> {
    const folder = join(repository, 'test/output')
    mkdirSync(folder, { recursive: true })
    await this.#page.screenshot({ path: join(folder, `${name}.png`) })
  }
}

import { type Browser, chromium } from 'playwright-core'
import { onPath } from '../../../scripts/setup/places.mjs'

/** Debian's chromium, without its own sandbox (as root it has none), its updater and its background traffic. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: onPath('chromium') ?? 'chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly contributes: {
    readonly views: Record<string, readonly { readonly id: string; readonly type?: string; readonly when?: string }[]>
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string; readonly contents: string }[]
    readonly commands: readonly { readonly command: string }[]
  }
}

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest
const { views, viewsWelcome, commands } = manifest.contributes

describe('an empty view', () => {
  // A page draws itself, and what shows only with something in it is never empty.
  const trees = Object.values(views)
    .flat()
    .filter(({ type, when }) => type !== 'webview' && when === undefined)

  it.each(trees.map(({ id }) => id))(
    '%s says why it is empty and what to do, trusted or not, with a folder or without',
    (id) => {
      const welcomes = viewsWelcome.filter(({ view }) => view === id)
      for (const state of ['!isWorkspaceTrusted', 'isWorkspaceTrusted && workspaceFolderCount == 0']) {
        const there = welcomes.filter(({ when }) => when === state)
        expect([state, there.length]).toEqual([state, 1])
        expect(there[0]!.contents).toMatch(/^[A-Z].*\.\n\[.*\]\(command:.*\)$/)
      }
      expect(welcomes.some(({ when }) => when.includes('workspaceFolderCount > 0'))).toBe(true)
    },
  )

  it('offers commands that there are', () => {
    const own = new Set(commands.map(({ command }) => command))
    const offered = viewsWelcome.flatMap(({ contents }) => [...contents.matchAll(/\(command:(paddock\.[\w.]+)\)/g)])
    expect(offered.map(([, command]) => command).filter((command) => !own.has(command!))).toEqual([])
    expect(offered.length).toBeGreaterThan(0)
  })
})

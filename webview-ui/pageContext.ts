import { createContext } from 'preact'
import type { PageActions } from './page.ts'

/** What a person can do, for everything that is drawn. */
export const Actions = createContext<PageActions>(null as never)

/** What is unfolded, and what was typed into an entry, by the entry's key. One per session that is shown. */
export const ItemMemory = createContext<Map<string, unknown>>(new Map())

/** Whether the editor's window has the keyboard: a click that only brings it to the front is not one that answers. */
export const WindowFocus = createContext(true)

/** Where the session is at home: paths are shown relative to it. */
export const Place = createContext<{ readonly session: string; readonly folder: string }>({ session: '', folder: '' })

import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { SessionSummary } from '#protocol/session.ts'
import { Icon } from '../icons.tsx'
import { Actions } from '../pageContext.ts'
import { Prose } from '../text.tsx'
import { ago, count } from '../wording.ts'
import { StateDot } from './stateDot.tsx'

interface Props {
  readonly sessions: readonly SessionSummary[]
  readonly session: string | null
  readonly onClose: () => void
}

type Editing = { readonly session: string; readonly doing: 'rename' | 'remove' } | null

/** The sessions of this folder: open, rename, delete. Arrow keys walk through it, Escape leaves. */
export function SessionMenu({ sessions, session, onClose }: Props) {
  const actions = useContext(Actions)
  const [editing, setEditing] = useState<Editing>(null)
  const [now] = useState(() => Date.now())
  const list = useRef<HTMLDivElement>(null)
  const edited = useRef<string | null>(null)
  useLayoutEffect(() => {
    if (editing) {
      edited.current = editing.session
      return
    }
    const buttons = list.current!.querySelectorAll<HTMLElement>('.session-open')
    const shown = [...buttons].find((button) => button.dataset['session'] === (edited.current ?? session))
    ;(shown ?? buttons[0] ?? list.current!).focus()
  }, [editing])

  const walk = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      if (editing) setEditing(null)
      else onClose()
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!by || editing) return
    event.preventDefault()
    const buttons = [...list.current!.querySelectorAll<HTMLElement>('.session-open')]
    const at = buttons.findIndex((button) => button.parentElement!.contains(document.activeElement))
    buttons[(at + by + buttons.length) % buttons.length]?.focus()
  }

  return (
    <div class="menu" role="dialog" aria-label="Sessions of this folder" ref={list} tabIndex={-1} onKeyDown={walk}>
      {sessions.length === 0 && <p class="quiet">No sessions in this folder yet.</p>}
      {sessions.map((one) => {
        const doing = editing?.session === one.id ? editing.doing : null
        if (doing === 'rename') {
          return <Rename key={one.id} session={one} onDone={() => setEditing(null)} />
        }
        if (doing === 'remove') {
          return <Remove key={one.id} session={one} onDone={() => setEditing(null)} />
        }
        const title = one.title || 'New session'
        return (
          <div key={one.id} class={one.id === session ? 'session current' : 'session'}>
            <button
              type="button"
              class="session-open"
              aria-current={one.id === session}
              data-session={one.id}
              onClick={() => {
                actions.open(one.id)
                onClose()
              }}
            >
              <StateDot state={one.state} />
              <span class="grow ellipsis">
                <Prose text={title} />
              </span>
              {one.unsandboxed && <span class="unsandboxed">No sandbox</span>}
              <span class="when">
                {one.changedFiles > 0 ? count(one.changedFiles, 'file') : ago(one.updatedAt, now)}
              </span>
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={`Rename ${title}`}
              title="Rename"
              onClick={() => setEditing({ session: one.id, doing: 'rename' })}
            >
              <Icon name="edit" />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={`Delete ${title}`}
              title="Delete"
              onClick={() => setEditing({ session: one.id, doing: 'remove' })}
            >
              <Icon name="trash" />
            </button>
          </div>
        )
      })}
    </div>
  )
}

function Rename({ session, onDone }: { session: SessionSummary; onDone: () => void }) {
  const actions = useContext(Actions)
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    field.current!.focus()
    field.current!.select()
  }, [])
  return (
    <form
      class="session editing"
      onSubmit={(event) => {
        event.preventDefault()
        const title = field.current!.value.trim()
        if (title && title !== session.title) actions.rename(session.id, title)
        onDone()
      }}
    >
      <input ref={field} aria-label="Title" maxLength={200} defaultValue={session.title} />
      <button type="submit" class="primary">
        Rename
      </button>
    </form>
  )
}

function Remove({ session, onDone }: { session: SessionSummary; onDone: () => void }) {
  const actions = useContext(Actions)
  const cancel = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => cancel.current!.focus(), [])
  const live = session.state !== 'idle'
  return (
    <div class="session editing removing" role="alertdialog" aria-label={`Delete ${session.title}?`}>
      <p>
        {live ? (
          'A task is under way in this session. Stop it first.'
        ) : (
          <>
            Delete “<Prose text={session.title || 'New session'} />” for good
            {session.changedFiles > 0 && `, with changes to ${count(session.changedFiles, 'file')} that were not kept`}?
          </>
        )}
      </p>
      <div class="buttons">
        {!live && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              actions.remove(session.id)
              onDone()
            }}
          >
            Delete
          </button>
        )}
        <button type="button" ref={cancel} onClick={onDone}>
          Cancel
        </button>
      </div>
    </div>
  )
}

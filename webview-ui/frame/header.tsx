import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { SessionState, SessionSummary } from '#protocol/session.ts'
import { isLive } from '#protocol/sessionState.ts'
import { Icon } from '../icons.tsx'
import { Actions } from '../pageContext.ts'
import { Prose } from '../text.tsx'
import { SessionMenu } from './sessionMenu.tsx'
import { StateDot } from './stateDot.tsx'

interface Props {
  readonly sessions: readonly SessionSummary[]
  readonly session: string | null
  readonly state: SessionState | undefined
}

/** Which session is shown, and the way to the others. */
export function Header({ sessions, session, state }: Props) {
  const actions = useContext(Actions)
  const [open, setOpen] = useState(false)
  const bar = useRef<HTMLElement>(null)
  const picker = useRef<HTMLButtonElement>(null)
  const title = state?.title ?? sessions.find(({ id }) => id === session)?.title ?? ''
  const unsandboxed = state?.unsandboxed ?? sessions.find(({ id }) => id === session)?.unsandboxed
  const elsewhere = sessions.filter(({ id, state }) => id !== session && state === 'waiting').length

  useEffect(() => {
    if (!open) return
    const outside = ({ target }: Event) => {
      if (target instanceof Node && !bar.current?.contains(target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
    }
  }, [open])

  const close = () => {
    setOpen(false)
    picker.current?.focus()
  }
  const toggle = () => {
    if (!open) actions.refreshSessions()
    setOpen(!open)
  }
  return (
    <header ref={bar}>
      <button
        type="button"
        ref={picker}
        class="picker"
        aria-haspopup="dialog"
        aria-expanded={open}
        title="Show the sessions of this folder"
        onClick={toggle}
      >
        {session && <StateDot state={stateOf(state)} />}
        <span class="ellipsis">{session ? <Prose text={title || 'New session'} /> : 'New session'}</span>
        {unsandboxed && (
          <span class="unsandboxed" title="Its commands run on this machine as you do">
            No sandbox
          </span>
        )}
        {elsewhere > 0 && (
          <span class="badge" title={`${elsewhere} other sessions wait for your answer`}>
            {elsewhere}
          </span>
        )}
        <Icon name="chevronDown" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="New session"
        title="New session"
        onClick={() => {
          setOpen(false)
          actions.open(null)
          actions.focusComposer()
        }}
      >
        <Icon name="add" />
      </button>
      {open && <SessionMenu sessions={sessions} session={session} onClose={close} />}
    </header>
  )
}

function stateOf(state: SessionState | undefined): SessionSummary['state'] {
  const live = state?.tasks.filter(isLive).map((task) => task.state) ?? []
  return (['waiting', 'running', 'queued'] as const).find((one) => live.includes(one)) ?? 'idle'
}

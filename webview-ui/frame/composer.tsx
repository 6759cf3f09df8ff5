import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ModelStatus } from '#protocol/model.ts'
import type { Mode } from '#protocol/policy.ts'
import type { Memory } from '../host.ts'
import { Icon } from '../icons.tsx'
import type { PageState } from '../page.ts'
import { Actions } from '../pageContext.ts'
import { ModeChip } from './modeChip.tsx'
import { ariaOf, SkillNameList, useSkillNames } from './skillNames.tsx'

interface Props {
  /** A task is queued or under way: another one will wait for its turn. */
  readonly busy: boolean
  readonly running: boolean
  readonly usable: boolean
  /** Of the session that is shown. */
  readonly mode: Mode | null
  readonly model: ModelStatus | null
  readonly draft: PageState['draft']
  readonly focus: number
  readonly lastPrompt: string
  readonly memory: { read(): Memory; write(memory: Memory): void }
}

const saveDelay = 300
const promptLimit = 400_000

/** Where prompts are written. Its Enter sends the prompt, or takes the skill that an arrow has chosen, and never anything else. */
export function Composer({ busy, running, usable, mode, model, draft, focus, lastPrompt, memory }: Props) {
  const actions = useContext(Actions)
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => memory.read().draft)
  const [sending, setSending] = useState(false)
  const unsaved = useRef<{ timer: number; text: string } | null>(null)

  const save = (text: string) => {
    clearTimeout(unsaved.current?.timer)
    const timer = window.setTimeout(() => {
      unsaved.current = null
      memory.write({ draft: text })
    }, saveDelay)
    unsaved.current = { timer, text }
  }
  const change = (text: string) => {
    setText(text)
    save(text)
  }

  useEffect(() => {
    if (draft.id > 0) change(draft.text)
  }, [draft.id])
  useLayoutEffect(() => {
    if (focus > 0) field.current!.focus()
  }, [focus])
  useEffect(() => {
    const flush = () => unsaved.current && memory.write({ draft: unsaved.current.text })
    window.addEventListener('pagehide', flush)
    return () => window.removeEventListener('pagehide', flush)
  }, [])
  useLayoutEffect(() => {
    const box = field.current!
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight}px`
  }, [text])

  const names = useSkillNames(field, change)
  const sendable = usable && !sending && text.trim() !== ''
  const send = async () => {
    if (!sendable) return
    setSending(true)
    names.close()
    change('')
    const taken = await actions.send(text)
    setSending(false)
    if (!taken) setText((since) => (since === '' ? text : `${text}\n${since}`))
  }

  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229 || names.pressed(event)) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape') {
      field.current!.blur()
    } else if (event.key === 'ArrowUp' && text === '' && lastPrompt !== '') {
      event.preventDefault()
      change(lastPrompt)
    } else if (event.key === '.' && (event.ctrlKey || event.metaKey) && running) {
      event.preventDefault()
      actions.stop()
    }
  }

  return (
    <form
      class="composer"
      aria-label="Prompt"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={field}
        rows={1}
        maxLength={promptLimit}
        aria-label="Prompt"
        placeholder={busy ? 'Queue another task' : 'Describe a task'}
        value={text}
        onInput={(event) => {
          change(event.currentTarget.value)
          names.look()
        }}
        onKeyDown={pressed}
        onBlur={names.close}
        {...ariaOf(names)}
      />
      <SkillNameList names={names} />
      <div class="composer-bar">
        {model && <ModelChip model={model} />}
        {usable && <ModeChip mode={mode} />}
        <span class="composer-actions">
          {running && (
            <button type="button" class="stop" title="Stop the task (Ctrl+.)" onClick={actions.stop}>
              <Icon name="stop" />
              Stop
            </button>
          )}
          <button
            type="submit"
            class="primary send"
            disabled={!sendable}
            title={busy ? 'Queue (Enter)' : 'Send (Enter)'}
          >
            <Icon name="arrowUp" />
            {busy ? 'Queue' : 'Send'}
          </button>
        </span>
      </div>
    </form>
  )
}

function ModelChip({ model }: { model: ModelStatus }) {
  const actions = useContext(Actions)
  const name = model.demo ? 'Demo model' : model.model
  const title = model.demo
    ? 'A scripted demo answers, since no model is set. Set Model and Key…'
    : `${model.model} at ${model.baseUrl}. Set Model and Key…`
  return (
    <button
      type="button"
      class={model.demo ? 'chip demo' : 'chip'}
      title={title}
      aria-label={`Model: ${name}. Set Model and Key…`}
      onClick={() => actions.command({ name: 'setModel' })}
    >
      <span class="ellipsis">{name}</span>
    </button>
  )
}

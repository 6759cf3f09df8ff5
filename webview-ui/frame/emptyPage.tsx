import { useContext } from 'preact/hooks'
import type { PageView } from '#protocol/page.ts'
import { Actions } from '../pageContext.ts'

const examples = [
  'Fix the failing test',
  'Explain how this project is put together',
  'Find and fix a bug, and add a test for it',
]

interface Props {
  readonly view: PageView | null
  readonly unsandboxed: boolean
  readonly onPick: (text: string) => void
}

/** What there is to see before the first prompt. An example goes into the composer; sending it is up to the user. */
export function EmptyPage({ view, unsandboxed, onPick }: Props) {
  const actions = useContext(Actions)
  return (
    <div class="empty">
      <Fence />
      <h1>What should be done?</h1>
      {unsandboxed ? (
        <p>This session has no sandbox: its commands run on this machine as you do, and you are asked about each.</p>
      ) : (
        <p>Agents work in a fenced copy of your project. Nothing reaches your files until you keep it.</p>
      )}
      {view && view.folder === null ? (
        <p class="quiet">Open a folder to begin: a task works on a folder.</p>
      ) : (
        <ul class="examples" aria-label="Examples">
          {examples.map((example) => (
            <li key={example}>
              <button type="button" onClick={() => onPick(example)}>
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
      {view?.model?.demo && (
        <p class="quiet">
          No model is set, so a scripted demo answers.{' '}
          <button type="button" class="link" onClick={() => actions.command({ name: 'setModel' })}>
            Set a model and key…
          </button>
        </p>
      )}
      <p class="quiet keys">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> starts a new line
      </p>
    </div>
  )
}

function Fence() {
  return (
    <svg class="fence" viewBox="0 0 64 40" aria-hidden="true" focusable="false">
      <path d="M10 36V10l4-6 4 6v26M28 36V10l4-6 4 6v26M46 36V10l4-6 4 6v26M2 16h8M18 16h10M36 16h10M54 16h8M2 27h8M18 27h10M36 27h10M54 27h8" />
    </svg>
  )
}

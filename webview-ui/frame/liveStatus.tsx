import { useContext } from 'preact/hooks'
import type { Conversation } from '../conversation.ts'
import { Icon, Spinner } from '../icons.tsx'
import { PromptCard } from '../items/prompt.tsx'
import { Place } from '../pageContext.ts'
import { Prose } from '../text.tsx'
import { phraseOf } from '../wording.ts'

/** One steady line at the end of the conversation that says what is going on, for as long as something is. */
export function LiveStatus({ conversation }: { conversation: Conversation }) {
  const { folder } = useContext(Place)
  const { state, transcript } = conversation
  const task = state.tasks.find(({ state }) => state === 'running' || state === 'waiting')
  const next = task ? undefined : state.tasks.find(({ state }) => state === 'queued')
  if (next) {
    return (
      <>
        <div class="row">
          <PromptCard memory={`next:${next.id}`} prompt={next.prompt} references={next.references ?? []} />
        </div>
        <div class="line live">
          <Spinner />
          <span class="grow">Starting…</span>
        </div>
      </>
    )
  }
  if (!task) return null
  if (task.state === 'waiting') {
    return (
      <div class="line live waiting">
        <Icon name="pause" />
        <span class="grow">Waiting for your answer</span>
      </div>
    )
  }
  const last = transcript.items.findLast((item) => 'task' in item && item.task === task.id)
  return (
    <div class="line live">
      <Spinner />
      <span class="grow ellipsis">
        <Prose text={wordsFor(last, folder)} />
      </span>
      {task.steps > 0 && <span class="result">step {task.steps}</span>}
    </div>
  )
}

function wordsFor(last: Conversation['transcript']['items'][number] | undefined, folder: string): string {
  if (last?.type === 'tool' && last.state === 'running') {
    const { verb, object } = phraseOf(last, folder)
    return `${verb} ${object.slice(0, 80)}…`
  }
  if (last?.type === 'reply' && last.live) return 'Answering…'
  if (last?.type === 'retry') return 'Asking the model again…'
  return 'Thinking…'
}

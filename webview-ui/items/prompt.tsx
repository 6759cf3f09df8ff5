import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import type { Reference } from '#protocol/task.ts'
import { Icon } from '../icons.tsx'
import { Actions } from '../pageContext.ts'
import { Prose, useItemMemory } from '../text.tsx'
import type { PromptItem } from '../transcriptItem.ts'
import { RewindButton } from './rewindButton.tsx'

const shownLines = 12
const shownLength = 1_200

/** What the user asked for. */
export function Prompt({ item }: { item: PromptItem }) {
  if (item.resumed) {
    return (
      <div class="line resumed">
        <Icon name="retry" />
        <span class="grow ellipsis">Resumed: {item.prompt.split('\n', 1)[0]}</span>
      </div>
    )
  }
  const rewind = item.checkpoint && <RewindButton checkpoint={item.checkpoint} when="before this task" />
  return (
    <PromptCard memory={item.key} prompt={item.prompt} references={item.references}>
      {rewind}
    </PromptCard>
  )
}

export function PromptCard(props: {
  memory: string
  prompt: string
  references: readonly Reference[]
  children?: ComponentChildren
}) {
  const { memory, prompt, references, children } = props
  const [whole, setWhole] = useItemMemory(`${memory}:whole`, false)
  const cut = cutOf(prompt)
  return (
    <section class="prompt" aria-label="You">
      <div class="prompt-text">
        <Prose text={whole ? prompt : prompt.slice(0, cut)} />
        {!whole && cut < prompt.length && '…'}
      </div>
      {cut < prompt.length && (
        <button type="button" class="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show all'}
        </button>
      )}
      {children}
      {references.length > 0 && (
        <div class="references">
          {references.map((reference, index) => (
            <ReferenceChip key={index} reference={reference} />
          ))}
        </div>
      )}
    </section>
  )
}

function ReferenceChip({ reference }: { reference: Reference }) {
  const actions = useContext(Actions)
  const { path, startLine, endLine } = reference
  const lines = startLine === undefined ? '' : `:${startLine}${endLine && endLine !== startLine ? `–${endLine}` : ''}`
  const open = () =>
    actions.command(startLine === undefined ? { name: 'openFile', path } : { name: 'openFile', path, line: startLine })
  return (
    <button type="button" class="chip" title={`Open ${path}`} onClick={open}>
      <Icon name="file" />
      <span class="ellipsis">
        <Prose text={path.slice(path.lastIndexOf('/') + 1) + lines} />
      </span>
    </button>
  )
}

function cutOf(prompt: string): number {
  let end = -1
  for (let line = 0; line < shownLines; line++) {
    end = prompt.indexOf('\n', end + 1)
    if (end < 0) break
  }
  return Math.min(end < 0 ? prompt.length : end, prompt.length > shownLength * 1.2 ? shownLength : prompt.length)
}

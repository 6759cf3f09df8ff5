import { useEffect, useRef, useState } from 'preact/hooks'
import type { Approval } from '#protocol/approval.ts'
import { riskNames } from '#protocol/guardText.ts'
import type { Conversation } from '../conversation.ts'
import { heading } from '../items/approvalWords.ts'
import type { Item } from '../transcriptItem.ts'

/**
 * Tells screen readers of what is new: finished messages and task ends politely, questions at once. The visible list
 * cannot do it, since scrolling puts old entries into the document as if they were new.
 */
export function Announcer({ conversation }: { conversation: Conversation | null }) {
  const [said, setSaid] = useState<readonly { key: string; text: string }[]>([])
  const [asked, setAsked] = useState('')
  const seen = useRef<{ session: string; seq: number; heard: Set<string> } | null>(null)

  useEffect(() => {
    if (!conversation) return
    const { id, transcript, state } = conversation
    const tail = transcript.items.slice(-20)
    const first = seen.current?.session !== id
    const heard = first ? new Set<string>() : seen.current!.heard
    const fresh = tail.filter((item) => isFinished(item) && !heard.has(item.key))
    seen.current = { session: id, seq: state.seq, heard: new Set(tail.filter(isFinished).map(({ key }) => key)) }
    const texts = fresh.map((item) => ({ key: item.key, text: wordsFor(item) })).filter(({ text }) => text)
    if (!first && texts.length > 0) setSaid((before) => [...before, ...texts].slice(-5))
    const question = state.approvals[0]
    setAsked(question ? wordsForQuestion(question, state.approvals.length) : '')
  }, [conversation])

  return (
    <div class="for-screen-readers">
      <div role="log" aria-live="polite" aria-label="New messages">
        {said.map(({ key, text }) => (
          <p key={key}>{text}</p>
        ))}
      </div>
      <div role="alert" aria-live="assertive">
        {asked}
      </div>
    </div>
  )
}

function wordsForQuestion({ action, risk, reason }: Approval, waiting: number): string {
  const others = waiting > 1 ? ` ${waiting} questions wait.` : ''
  return `Your approval is asked for. ${heading(action)} ${riskNames[risk]}. ${reason}${others}`
}

function isFinished(item: Item): boolean {
  return item.type === 'end' || (item.type === 'reply' && !item.live)
}

function wordsFor(item: Item): string {
  if (item.type === 'reply') return item.text.slice(0, 2_000)
  if (item.type !== 'end') return ''
  if (item.end === 'failed') return `The task failed: ${item.failure?.message ?? ''}`
  return item.end === 'completed' ? 'The task is done.' : 'The task was stopped.'
}

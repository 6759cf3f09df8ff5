import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { Conversation as Held } from '../conversation.ts'
import { estimate, ItemView } from '../items/itemView.tsx'
import { Actions } from '../pageContext.ts'
import type { Item } from '../transcriptItem.ts'
import { VirtualList } from '../virtualList.tsx'
import { LiveStatus } from './liveStatus.tsx'
import { ToEnd } from './toEnd.tsx'

/** The conversation, from as far back as it was scrolled to what is being said now. */
export function Conversation({ conversation, loadingEarlier }: { conversation: Held; loadingEarlier: boolean }) {
  const actions = useContext(Actions)
  const { state, transcript, hasEarlier } = conversation
  const { items } = transcript
  const [atEnd, setAtEnd] = useState(true)
  const [toEnd, setToEnd] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const newest = useRef(state.seq)
  if (atEnd) newest.current = state.seq

  const lastPrompt = items.findLast((item) => item.type === 'prompt')?.key
  useEffect(() => setToEnd((count) => count + 1), [lastPrompt])
  useEffect(() => {
    if (atEnd) actions.atNewest()
  }, [atEnd, items])

  const pending = new Set(state.approvals.map(({ id }) => id))
  const lastEnd = items.findLast((item) => item.type === 'end' || item.type === 'prompt')
  const active = (item: Item) => (item.type === 'approval' ? pending.has(item.approval.id) : item === lastEnd)

  return (
    <>
      <VirtualList
        scroller={list}
        items={items}
        estimate={estimate}
        label="Conversation"
        hasEarlier={hasEarlier}
        onNearStart={() => {
          if (!loadingEarlier) actions.loadEarlier()
        }}
        onAtEnd={setAtEnd}
        toEnd={toEnd}
        footer={<LiveStatus conversation={conversation} />}
      >
        {(item) => <ItemView item={item} active={active(item)} />}
      </VirtualList>
      {!atEnd && (
        <ToEnd list={list} onPress={() => setToEnd(toEnd + 1)}>
          {state.seq > newest.current ? 'New messages' : 'To the end'}
        </ToEnd>
      )}
    </>
  )
}

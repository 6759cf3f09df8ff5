import type { ComponentChildren } from 'preact'
import { memo } from '../memo.tsx'
import type { Item } from '../transcriptItem.ts'
import { ApprovalCard } from './approvalCard.tsx'
import { ChangesLine, MovedLine, RewoundLine } from './changesLine.tsx'
import { HostLine } from './hostLine.tsx'
import { ModeLine } from './modeLine.tsx'
import { Prompt } from './prompt.tsx'
import { Reasoning } from './reasoning.tsx'
import { Reply } from './reply.tsx'
import { Retry } from './retry.tsx'
import { TaskEnd } from './taskEnd.tsx'
import { ToolCall } from './toolCall.tsx'

interface Props {
  readonly item: Item
  /** It can still be acted on: an approval that waits, the end of the newest task. */
  readonly active: boolean
}

type View<I extends Item> = (props: { item: I; active: boolean }) => ComponentChildren

const views: { [T in Item['type']]: View<Extract<Item, { type: T }>> } = {
  prompt: Prompt,
  reply: Reply,
  reasoning: Reasoning,
  tool: ToolCall,
  approval: ApprovalCard,
  changes: ChangesLine,
  moved: MovedLine,
  rewound: RewoundLine,
  mode: ModeLine,
  host: HostLine,
  retry: Retry,
  end: TaskEnd,
}

/** One entry of the conversation. */
export const ItemView = memo(({ item, active }: Props) => {
  const View = views[item.type] as View<Item>
  return <View item={item} active={active} />
})

/** Its height before it was ever drawn, in pixels: a guess, so that the scroll bar is about right. */
export function estimate(item: Item): number {
  switch (item.type) {
    case 'prompt':
      return 60 + 18 * Math.min(12, item.prompt.length / 60)
    case 'reply':
      return 20 + 18 * Math.ceil(item.text.length / 60)
    case 'approval':
      return item.answer ? 28 : 280
    default:
      return 28
  }
}

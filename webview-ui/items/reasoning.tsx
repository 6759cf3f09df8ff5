import { Icon } from '../icons.tsx'
import { Markdown } from '../markdown.tsx'
import { useItemMemory } from '../text.tsx'
import type { TextItem } from '../transcriptItem.ts'

/** What the model thinks before it speaks: folded, as it is rarely wanted. */
export function Reasoning({ item }: { item: TextItem }) {
  const [open, setOpen] = useItemMemory(`${item.key}:open`, false)
  return (
    <div class="reasoning">
      <button type="button" class="line fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="brain" />
        <span class="grow">{item.live ? 'Thinking' : 'Thought'}</span>
        <Icon name={open ? 'chevronDown' : 'chevronRight'} />
      </button>
      {open && (
        <div class="fold-body quiet">
          <Markdown text={item.text} />
        </div>
      )}
    </div>
  )
}

import { Icon } from '../icons.tsx'
import { Prose } from '../text.tsx'
import type { RetryItem } from '../transcriptItem.ts'
import { duration } from '../wording.ts'

/** The model was asked again, and why. */
export function Retry({ item }: { item: RetryItem }) {
  return (
    <div class="line quiet">
      <Icon name="retry" />
      <span class="grow">
        <Prose text={item.reason.message} /> Asked again after {duration(item.delayMs)} (attempt {item.attempt}).
      </span>
    </div>
  )
}

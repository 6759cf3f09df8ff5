import { Markdown } from '../markdown.tsx'
import type { TextItem } from '../transcriptItem.ts'

/** What the model says, while it says it and afterwards. */
export function Reply({ item }: { item: TextItem }) {
  return (
    <section class="reply" aria-label="Agent" aria-busy={item.live}>
      <Markdown text={item.text} />
    </section>
  )
}
